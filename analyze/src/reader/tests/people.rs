//! Who is a person under which names, on small texts, one rule each.

use book::element::ElementType;

use super::{element, names, one, read};

#[test]
fn a_surname_that_is_a_word_of_the_landscape_is_a_person() {
    let elements = read(&[
        "Ada Brook rowed them over the brook. “Hold on,” said Ada, and Ada laughed. Then Brook sat down, \
         and Mr. Wood came out of the wood. “Well, Brook?” said Mr. Wood. So Wood paid, and Brook took \
         it. “Good day, Brook,” said Wood. They went to Hyde Park, and in Hyde Park they slept, and left Hyde Park. He saw \
         Ada Brook again in Brook Street.",
    ]);
    for name in ["Ada Brook", "Mr. Wood"] {
        assert_eq!(element(&elements, name).kind, ElementType::Character, "{name}");
    }
    assert!(one(&elements, "Ada", "Ada Brook") && one(&elements, "Wood", "Mr. Wood"));
    assert_eq!(element(&elements, "Hyde Park").kind, ElementType::Place);
}

#[test]
fn who_is_called_after_a_day_or_an_ordinary_word_is_somebody() {
    let elements = read(&[
        "On Friday it will rain, and on Friday they may come. Then Friday ran up. “Master,” said Friday, \
         “look!” And Friday fell. “Run, Friday, run,” said the sailor. He took Friday’s hand. Then Will came, as he \
         will. “Yes, Will,” said Friday, and Will smiled. So Will sat. Then Will’s dog will bark. “No,” said \
         Will. On Monday they slept; on Monday they ate. It will do, and it will not.",
    ]);
    assert_eq!(names(&elements), ["Friday", "Will"]);
}

#[test]
fn a_bare_title_is_the_only_one_who_bears_it() {
    let elements = read(&[
        "The Count stood there. “Enter,” said the Count. So I saw Count Orlok. “Ah,” said Count Orlok, and \
         the Count bowed. Then Captain Reed ran, and Captain Moss ran. “Ho,” said Captain Moss. “Hi,” said \
         Captain Reed. The Captain fell, and “Oh!” said the Captain. And the Count laughed at Count Orlok.",
    ]);
    assert!(one(&elements, "Count", "Count Orlok"));
    assert!(
        !one(&elements, "Captain", "Captain Reed") && !one(&elements, "Captain", "Captain Moss")
    );
}

#[test]
fn a_short_form_of_the_tale_itself_is_no_lady() {
    let elements = read(&[
        "So Lady Catherine frowned. “I see,” said Lady Catherine. Then Kitty coughed, and Kitty sat. “No,” \
         said Kitty. “Kitty is rude,” said Lady Catherine. Lady Catherine rose, and Lady Catherine went.",
    ]);
    assert!(!one(&elements, "Kitty", "Lady Catherine"));
}

#[test]
fn a_house_goes_by_its_first_word_and_a_hill_does_not() {
    let elements = read(&[
        "They lived at Northfield Park. She walked to Northfield. “Ah,” said Anne, in Northfield Park. Anne \
         went from Northfield to Pelham, and up Pelham Hill. In Pelham she slept. At Pelham Hill she sat, and \
         on Pelham Hill it rained. He drove through Pelham to Northfield.",
    ]);
    assert!(one(&elements, "Northfield", "Northfield Park"));
    assert!(!one(&elements, "Pelham", "Pelham Hill"));
}

#[test]
fn the_narrator_has_the_name_that_he_gives_himself() {
    let text =
        "I ran to the door, and I saw the sea. I called to Anne. “Yes,” said Anne, and Anne came. ";
    let elements = read(&[&format!("Call me Ruth. {}", text.repeat(3)), &text.repeat(3)]);
    assert!(one(&elements, "Anne", "Anne") && !one(&elements, "Anne", "the narrator"));
    let named = format!(
        "My name is Ruth Hale. “Well, Ruth,” said Anne. I, Ruth Hale, ran. {}",
        text.repeat(3)
    );
    let elements = read(&[&named, &text.repeat(3)]);
    assert!(one(&elements, "Ruth Hale", "the narrator"), "{:?}", names(&elements));
    assert!(element(&elements, "Ruth Hale").mentions > 10, "`I` counts");
}

#[test]
fn the_narrator_is_the_only_one_who_is_spoken_to_by_name_throughout() {
    let text = "I ran to the door. “Come, Robert,” said Anne to me, and I saw that she had the key of the house with her. “Robert, sit down,” said Anne. I \
                sat. ";
    let elements = read(&[&text.repeat(3), &text.repeat(3)]);
    assert!(one(&elements, "Robert", "the narrator"), "{:?}", names(&elements));
    let other = text.replace("Robert", "Oscar");
    let elements = read(&[&text.repeat(3), &other.repeat(3)]);
    assert!(!one(&elements, "Robert", "the narrator") && !one(&elements, "Oscar", "the narrator"));
}

#[test]
fn what_one_being_is_called_is_one_being() {
    let text = "There the monster wept, and he howled. “Why?” said the monster. And the fiend ran to the wall, \
                and he turned. Then the fiend laughed, and he fled. I saw the monster fall; the monster rose, \
                and he spoke. ";
    let elements = read(&[text, text, text]);
    assert!(one(&elements, "the monster", "the fiend"));
}
