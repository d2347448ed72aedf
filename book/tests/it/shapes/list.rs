//! The shapes that novels have.

use super::novel::Novel;

pub fn novels() -> Vec<Novel> {
    SHAPES.iter().map(|(name, lines)| Novel::new(name, lines)).collect()
}

const SHAPES: [(&str, &str); 58] = [
    ("roman chapters with titles", "
- ~titlepage
+ CHAPTER I. | Down the Burrow
+ CHAPTER II. | The Pool of Ink
+ CHAPTER III. | A Race and a Long Story
+ CHAPTER IV. | The Rabbit Sends a Bill"),
    ("chapters in words", "
- ~copyright
- ~dedication
+ Chapter One
+ Chapter Two
+ Chapter Three
- Acknowledgements *200
- About the Author ~about"),
    ("chapters with ordinals", "
+ CHAPTER THE FIRST.
+ CHAPTER THE SECOND.
+ CHAPTER THE THIRD.
+ CHAPTER THE LAST."),
    ("chapters by number alone", "
- ~titlepage
- ~dedication
+ 1
+ 2
+ 3
+ 4
+ 5"),
    ("roman numbers alone", "
- ~epigraph
+ I
+ II
+ III
+ IV"),
    ("roman numbers with a dot", "
+ I.
+ II.
+ III.
+ IV."),
    ("numbers with titles", "
- Introduction
+ 1. | The Cyclone
+ 2. | The Council with the Millers
+ 3. | How Dorcas Saved the Scarecrow"),
    ("titles alone", "
- ~titlepage
- ~copyright
+ Story of the Door
+ Search for Mr. Lowe
+ Dr. Penn Was Quite at Ease
+ The Last Night"),
    ("titles alone, a short last one", "
- ~copyright
+ The Wolf
+ The Hare
+ The Hunter
+ Morning *70"),
    ("staves", "
- Preface *90
+ STAVE ONE | MARLEY’S GHOST
+ STAVE TWO | THE FIRST OF THE SPIRITS
+ STAVE THREE | THE SECOND OF THE SPIRITS
- Transcriber’s Note *60"),
    ("letters, then chapters", "
- ~titlepage
+ Letter 1 ~letter
+ Letter 2 ~letter
+ Chapter 1
+ Chapter 2
+ Chapter 3"),
    ("letters with addressees", "
- Foreword
+ LETTER I. | To Mrs. Penn, England ~letter
+ LETTER II. | From the Same to the Same ~letter
+ LETTER III. | To the Captain ~letter"),
    ("journals", "
+ CHAPTER I | JONATHAN HARROW’S JOURNAL ~letter
+ CHAPTER II | JONATHAN HARROW’S JOURNAL—continued ~letter
+ CHAPTER III | LETTER FROM MISS PENN TO MISS WEST ~letter"),
    ("dates", "
- ~copyright
+ 3 May
+ 5 May, evening
+ 11 May
+ 30 June"),
    ("parts with restarted numbers", "
- ~titlepage
= BOOK ONE | THE COMING OF THE STRANGERS
 + CHAPTER ONE | THE EVE OF THE FAIR
 + CHAPTER TWO | THE FALLING STAR
 + CHAPTER THREE | ON THE COMMON
= BOOK TWO | THE TOWN UNDER THE STRANGERS
 + CHAPTER ONE | UNDER FOOT
 + CHAPTER TWO | WHAT WE SAW"),
    ("parts with running numbers", "
= PART ONE | The Old Sailor
 + 1 | The Old Sea-dog at the Inn
 + 2 | Black Dog Appears
= PART TWO | The Sea Cook
 + 3 | I Go to the Harbour
 + 4 | At the Sign of the Glass"),
    ("parts with bare numbers", "
- ~copyright
= Part One
 + 1
 + 2
 + 3
= Part Two
 + 1
 + 2
- Acknowledgments *150"),
    ("parts with mottoes, titles alone", "
= PART ONE ~epigraph
 + The Wolf
 + The Hare
= PART TWO ~epigraph
 + The Hunter
 + The Snow"),
    ("books in words", "
= Book the First | Recalled to Life
 + CHAPTER I. | The Period
 + CHAPTER II. | The Mail
= Book the Second | The Golden Thread
 + CHAPTER I. | Five Years Later
 + CHAPTER II. | A Sight"),
    ("prologue, interlude, epilogue", "
- ~copyright
- ~dedication
- ~epigraph
+ Prologue *350
= Part One
 + 1
 + 2
= Part Two
 + 3
 + 4
+ Interlude *200
+ 5
+ Epilogue *150
- Acknowledgments *200
- About the Author ~about
- Also by A. Hare ~list"),
    ("names as titles", "
- ~copyright
+ PROLOGUE
+ MARTHA
+ TOBIAS
+ MARTHA
+ LUCY
- Appendix ~list"),
    ("words of front matter in titles", "
- ~titlepage
+ The Introduction of the Stranger
+ The Dedication
+ Notes from the Cellar
+ The Map and the Index
+ A Preface to Murder"),
    ("an introduction by somebody else", "
- Introduction by Professor B. Stoat *900
- A Note on the Text *200
- Chronology ~list
+ CHAPTER 1
+ CHAPTER 2
+ CHAPTER 3
- Notes ~list
- Further Reading ~list"),
    ("a teaser at the end", "
- ~copyright
+ Chapter 1
+ Chapter 2
+ Chapter 3
- Reading Group Guide ~list
- About the Author ~about
- An Excerpt from The Second Tale *30
- Chapter One ~prose
- ~newsletter"),
    ("a long list of what happens", "
+ CHAPTER I. | Three Invalids.—Sufferings of Two of Them.—A Cure for Idleness.—The Question of Food
+ CHAPTER II. | Plans Discussed.—Pleasures of Sleeping Out of Doors on Fine Nights.—Ditto, Wet Nights
+ CHAPTER III. | Arrangements Settled.—How the Elderly Man Puts Up Pictures.—A Remark"),
    ("in which", "
+ CHAPTER I | In Which We Are Introduced
+ CHAPTER II | In Which a Visit Is Paid
+ CHAPTER III | In Which a Hunt Is Begun
+ CHAPTER IV | In Which a Tail Is Lost"),
    ("acts and scenes", "
- Dramatis Personae ~list
= ACT I
 + Scene I. | A Room in the Castle ~play
 + Scene II. | The Heath ~play
= ACT II
 + Scene I. | The Same ~play
 + Scene II. | A Wood ~play"),
    ("acts", "
+ FIRST ACT ~play
+ SECOND ACT ~play
+ THIRD ACT ~play"),
    ("stories", "
- ~copyright
- ~dedication
+ The Sisters *900
+ An Encounter *300
+ A Little Cloud *700
+ The Dead *1500
- About the Author ~about"),
    ("numbered stories", "
+ I. | A SCANDAL IN THE CITY *900
+ II. | THE RED LEAGUE *900
+ III. | A CASE OF IDENTITY *700"),
    ("a novella", "
- ~titlepage
+ The Tale *2500"),
    ("long titles", "
+ CHAPTER I. | Which Treats of the Character and Pursuits of the Famous Gentleman of the Mill
+ CHAPTER II. | Which Treats of the First Journey That He Made from Home
+ CHAPTER III. | Wherein Is Related the Droll Way in Which He Had Himself Dubbed a Miller"),
    ("prefaces within", "
- Preface to the Second Edition *300
- Preface *400
- Note to the Reader *100
+ Chapter I
+ Chapter II
+ Chapter III
- Afterword *500"),
    ("quiet chapters", "
- ~titlepage
+ I ~quiet
+ II ~quiet
+ III ~quiet *120
+ IV ~quiet"),
    ("talking chapters", "
+ One ~talk
+ Two ~talk
+ Three ~talk"),
    ("short chapters", "
- ~copyright
+ 1 *120
+ 2 *80
+ 3 *150
+ 4 *60
+ 5 *110
+ 6 *90"),
    ("an illustrated edition", "
- ~titlepage
- List of Illustrations ~list
+ Chapter 1. | The Mill
+ Chapter 2. | The Pond
+ Chapter 3. | The Weir
- Footnotes ~list"),
    ("stories with numbered sections", "
+ I. | A SCANDAL IN THE CITY *300
. I
. II
. III
+ II. | THE RED LEAGUE *900
+ III. | A CASE OF IDENTITY *300
. I
. II"),
    ("chapters with titled sections", "
- ~copyright
+ Chapter 1 *300
. The Mill
. The Miller
+ Chapter 2 *300
. The Pond
+ Chapter 3 *900"),
    ("volumes of books of chapters", "
- Preface
= VOLUME I | MARTHA
 = BOOK FIRST | A JUST MAN
  + CHAPTER I | MR. PENN
  + CHAPTER II | MR. PENN BECOMES MR. WEST
 = BOOK SECOND | THE FALL
  + CHAPTER I | THE EVENING OF A DAY OF WALKING
  + CHAPTER II | PRUDENCE COUNSELLED TO WISDOM
= VOLUME II | LUCY
 = BOOK FIRST | THE BATTLE
  + CHAPTER I | WHAT IS MET WITH ON THE WAY
  + CHAPTER II | THE OLD GATE"),
    ("an omnibus", "
- ~copyright
= The Mill
 + Chapter 1
 + Chapter 2
= The Pond
 + Chapter 1
 + Chapter 2
 + Chapter 3
- About the Author ~about"),
    ("German", "
- Vorwort
+ Erstes Kapitel
+ Zweites Kapitel
+ Drittes Kapitel
- Danksagung *120"),
    ("German numbers", "
+ 1. Kapitel
+ 2. Kapitel
+ 3. Kapitel"),
    ("French", "
= PREMIÈRE PARTIE
 + CHAPITRE PREMIER
 + CHAPITRE II
= DEUXIÈME PARTIE
 + CHAPITRE PREMIER
 + CHAPITRE II"),
    ("Spanish", "
+ Capítulo primero
+ Capítulo II
+ Capítulo tercero"),
    ("Russian", "
= Часть первая
 + Глава первая
 + Глава вторая
= Часть вторая
 + Глава 1
 + Глава 2"),
    ("essays of odd titles", "
- ~copyright
- To the Reader *300
- Editor’s Introduction *900
- Biographical Sketch *400
+ Chapter 1
+ Chapter 2
+ Chapter 3
- A Conversation with A. Hare *500
- Discussion Guide ~list
- Thank You for Reading *80
- Books in This Series ~list"),
    ("an essay told by its text alone", "
- The Woman in the Mill ~portrait *900
+ Chapter 1
+ Chapter 2
+ Chapter 3
- The Long Afterlife of a Book ~portrait *700"),
    ("a story before the first chapter", "
- ~copyright
+ The Night Before
+ Chapter 1
+ Chapter 2
+ Chapter 3
+ Many Years After"),
    ("numbers in brackets", "
+ — 1 —
+ — 2 —
+ — 3 —"),
    ("an excerpt that a page announces", "
- ~copyright
+ Chapter 1
+ Chapter 2
+ Chapter 3
+ Chapter 4
- About the Author ~about
- The White Hare ~readon
- Chapter 1 *500"),
    ("an excerpt that nothing announces", "
- ~copyright
+ Chapter 1 *900
+ Chapter 2 *900
+ Chapter 3 *900
- Acknowledgements *200
- About the Author ~about
- Chapter 1 *500"),
    ("chapters called as pages of books are", "
- ~copyright
+ Contents *900
+ The Mill *900
+ Index *900
+ The Weir *900"),
    ("stories, the last of them an introduction", "
- ~copyright
+ The Lantern *900
+ A Cold Road *900
+ Bread and Smoke *900
+ Introduction *900"),
    ("no titles, a short last one", "
+ ~prose *900
+ ~prose *700
+ ~prose *900
+ ~prose *140"),
    ("notes by chapter", "
- ~copyright
+ Chapter 1 *900
+ Chapter 2 *900
+ Chapter 3 *900
- Acknowledgements *200
= Notes
 - Chapter 1 ~list
 - Chapter 2 ~list
 - Chapter 3 ~list"),
    ("a chapter without a word", "
+ CHAPTER 1
= CHAPTER 2
+ CHAPTER 3
+ CHAPTER 4"),
    ("years", "
- ~titlepage
+ 1914
+ 1915
+ 1915
+ 1918"),
];
