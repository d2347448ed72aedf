//! The reader as a whole, on small texts, one rule each; and what must hold for every text.

use book::Chapter;
use book::element::{Element, ElementType, Elements, Gender};
use proptest::prelude::*;

use super::{Survey, concepts, merge, survey};

mod people;

fn book(texts: &[&str]) -> Vec<Chapter> {
    let chapter = |(i, text): (usize, &&str)| Chapter {
        number: u32::try_from(i + 1).unwrap(),
        title: format!("Chapter {}", i + 1),
        text: (*text).to_owned(),
    };
    texts.iter().enumerate().map(chapter).collect()
}

fn read(texts: &[&str]) -> Elements {
    merge(&book(texts).iter().map(survey).collect::<Vec<_>>())
}

fn element<'a>(elements: &'a Elements, name: &str) -> &'a Element {
    let found = elements.elements.iter().find(|element| element.is_called(name));
    found.unwrap_or_else(|| panic!("no {name} in {:?}", names(elements)))
}

fn names(elements: &Elements) -> Vec<&str> {
    elements.elements.iter().map(|element| element.name.as_str()).collect()
}

fn one(elements: &Elements, a: &str, b: &str) -> bool {
    std::ptr::eq(element(elements, a), element(elements, b))
}

#[test]
fn a_family_of_one_surname_stays_apart() {
    let elements = read(&[
        "Then Mr. Bennet smiled. “Well, Mr. Bennet,” said Mrs. Bennet, and Mrs. Bennet sat down. \
         Jane Bennet laughed. He saw Jane Bennet and Elizabeth Bennet. “Yes,” said Elizabeth. “No,” \
         said Mr. Bennet to Mrs. Bennet. Then Elizabeth Bennet walked away, and Jane ran.",
    ]);
    for (a, b) in [
        ("Mr. Bennet", "Mrs. Bennet"),
        ("Mr. Bennet", "Jane Bennet"),
        ("Mrs. Bennet", "Jane Bennet"),
        ("Elizabeth Bennet", "Jane Bennet"),
    ] {
        assert!(!one(&elements, a, b), "{a} is not {b}");
    }
    assert!(one(&elements, "Elizabeth", "Elizabeth Bennet"));
    assert_eq!(element(&elements, "Mr. Bennet").gender, Some(Gender::Male));
    assert_eq!(element(&elements, "Mrs. Bennet").gender, Some(Gender::Female));
}

#[test]
fn short_and_full_names_of_one_person_are_one_element() {
    let elements = read(&[
        "So Tom Sawyer ran. “Wait,” cried Tom. They knew Thomas Sawyer well. “Here,” said Tom Sawyer \
         to Huck, and Huck nodded. “No,” said Huck. That was Tom, and Thomas Sawyer was his full name.",
    ]);
    assert!(one(&elements, "Tom", "Thomas Sawyer"));
    assert!(!one(&elements, "Tom", "Huck"));
}

#[test]
fn a_wife_does_not_take_the_bare_surname() {
    let elements = read(&[
        "There old Fezziwig laughed. In came Fezziwig, and Fezziwig clapped his hands. Then came Mrs. \
         Fezziwig. “Hilli-ho!” cried Fezziwig. He danced with Mrs. Fezziwig, and Mrs. Fezziwig smiled.",
    ]);
    assert!(!one(&elements, "Fezziwig", "Mrs. Fezziwig"));
}

#[test]
fn a_father_is_not_his_son() {
    let elements = read(&[
        "So Fred Vincy rode on. “Come, Fred,” said Rosamond. And Fred laughed. Then Fred rode home. \
         There Mr. Vincy frowned. “Fred,” said Mr. Vincy, “you are idle.” Yes, Mr. Vincy was angry, and \
         Fred was sorry. So Fred Vincy sat down, and Rosamond played. Then Rosamond sang to Fred.",
    ]);
    assert!(!one(&elements, "Fred", "Mr. Vincy"));
    assert!(elements.suggestions.iter().any(|s| s.merge == "Mr. Vincy"), "it is suggested");
}

#[test]
fn an_epithet_in_part_is_the_whole_where_there_is_one_only() {
    let elements = read(&[
        "There was the White Rabbit. “Oh!” said the White Rabbit. Then the Rabbit ran. And the Rabbit \
         looked at his watch. He saw the Red Queen and the White Queen. “Come,” said the Queen. And the \
         Red Queen cried, “No!” but the White Queen sighed. So the Queen ran, and the Red Queen ran.",
    ]);
    assert!(one(&elements, "Rabbit", "White Rabbit"));
    assert!(!one(&elements, "Red Queen", "White Queen"));
    assert!(!one(&elements, "Queen", "Red Queen"));
}

#[test]
fn common_nouns_that_act_are_characters() {
    let text = "There the curate wept. “Why?” said the curate. And the curate ran to the wall. Then the \
                curate turned, and I saw the curate fall. ";
    let elements = read(&[text, text]);
    assert_eq!(element(&elements, "the curate").kind, ElementType::Character);
}

#[test]
fn one_being_under_two_names_is_suggested() {
    let text = "There the monster wept. “Why?” said the monster. And the fiend ran to the wall. Then the \
                fiend turned, and I saw the monster fall, and the fiend laughed. ";
    let elements = read(&[text, text, text]);
    assert!(!one(&elements, "the monster", "the fiend"), "not without being told");
    let both = |s: &&book::element::Suggestion| {
        [&*s.keep, &*s.merge].contains(&"the fiend")
            && [&*s.keep, &*s.merge].contains(&"the monster")
    };
    assert_eq!(elements.suggestions.iter().filter(both).count(), 1, "{:?}", elements.suggestions);
}

#[test]
fn places_are_told_from_people() {
    let elements = read(&[
        "They lived in Barton Park near Woking. She walked to Woking, and in Woking she met Anne. “Yes,” \
         said Anne. From Barton Park he rode to Woking. Anne stayed at Barton Park, and Anne slept.",
    ]);
    assert_eq!(element(&elements, "Woking").kind, ElementType::Place);
    assert_eq!(element(&elements, "Barton Park").kind, ElementType::Place);
    assert_eq!(element(&elements, "Anne").kind, ElementType::Character);
}

#[test]
fn months_nations_exclamations_and_first_words_are_no_elements() {
    let elements = read(&[
        "In May the French came. The French shot in June. Oh, said the Frenchman. Suddenly it rained. \
         Suddenly it stopped. Presently they ate. Heavens! Heavens! On Monday they slept; on Monday.",
    ]);
    assert_eq!(names(&elements), [""; 0]);
}

#[test]
fn looks_are_known_from_the_chapter_that_tells_them() {
    let elements = read(&[
        "There Silas Pike sat. “Ah,” said Silas Pike, and Silas slept.",
        "Then Silas came. His long white beard was wet. He was Silas Pike, and Silas coughed.",
    ]);
    let silas = element(&elements, "Silas Pike");
    assert_eq!(silas.description_at(1), "");
    assert!(silas.description_at(2).contains("long white beard"), "{}", silas.description);
    let fact = &silas.facts[0];
    assert_eq!((fact.chapter, fact.quote.as_str()), (2, "His long white beard was wet."));
}

#[test]
fn looks_go_to_the_only_name_that_the_pronoun_fits() {
    let elements = read(&[
        "There sat Hannah. “Oh,” said Hannah, and Hannah laughed. Then Peter came. “Yes,” said Peter, \
         and Peter sat. So Hannah looked at Peter. Her long black hair was wet. He wore a ragged coat. \
         Then Peter met Oscar. His red beard was wet. “No,” said Oscar, and Oscar ran.",
    ]);
    assert_eq!(element(&elements, "Hannah").description, "long black hair");
    assert_eq!(element(&elements, "Peter").description, "ragged coat", "the beard may be Oscar's");
    assert_eq!(element(&elements, "Oscar").description, "");
}

#[test]
fn the_narrator_of_a_tale_in_the_first_person_is_somebody() {
    let text = "I ran down the hill and I saw the sea. I swam, and then I slept upon the sand. ";
    assert_eq!(names(&read(&[&text.repeat(5)])), ["the narrator"]);
}

#[test]
fn another_language_is_said_to_be_unsupported_and_gets_spread_passages() {
    for text in [
        "Der alte Mann stand am Fenster und blickte lange auf das graue Meer hinaus. Dann ging er \
         langsam durch den Garten zu seinem kleinen Boot. ",
        "Le vieil homme se tenait près de la fenêtre et regardait longtemps la mer grise. Puis il \
         descendit lentement le jardin vers son petit bateau. ",
    ] {
        let chapters = book(&[&text.repeat(40)]);
        let elements = merge(&[survey(&chapters[0])]);
        assert!(elements.language_unsupported && elements.elements.is_empty());
        let found = concepts(&chapters[0], &elements, 1.0);
        assert!(found.concepts.len() > 1);
        assert!(found.concepts.iter().all(|c| c.setting.is_empty() && !c.quote.is_empty()));
        // Evenly spread: the gaps between neighbours differ by no more than a sentence or two.
        let gaps: Vec<usize> =
            found.concepts.windows(2).map(|pair| pair[1].offset - pair[0].offset).collect();
        let (least, most) = (gaps.iter().min().unwrap(), gaps.iter().max().unwrap());
        assert!(most - least <= 2 * text.len(), "{gaps:?}");
    }
}

#[test]
fn a_thing_that_the_tale_turns_on_is_an_element() {
    let elements = read(&[
        "Ruth found a small brass amulet. She rubbed the brass amulet, and the amulet shone. The \
         amulet fell. “Oh,” said Ruth, and Ruth took the amulet. She hid the amulet. Then the amulet \
         broke. She held the amulet up, and she kissed the amulet. And the amulet burned. Ruth put \
         the amulet on a chair.",
    ]);
    assert_eq!(element(&elements, "the amulet").kind, ElementType::Item);
    assert!(elements.elements.iter().all(|e| e.name != "the chair"));
}

#[test]
fn a_ship_and_an_inn_named_like_persons_are_neither() {
    let elements = read(&[
        "They sailed in the schooner Merry Child. The Merry Child lay at anchor. He slept aboard the Merry \
         Child. Ruth met Oscar at the Old Lion. “Yes,” said Ruth. Oscar walked to the Old Lion, and in \
         the Old Lion he drank. “No,” said Oscar to Ruth, and Ruth ran.",
    ]);
    assert_eq!(element(&elements, "Merry Child").kind, ElementType::Object);
    assert_eq!(element(&elements, "Old Lion").kind, ElementType::Place);
}

#[test]
fn who_is_spoken_to_where_another_tells_may_be_the_narrator() {
    let text = "I ran to the door, and I saw the sea. “Come, Robert, be quick,” said Anne, and I went. Anne \
                laughed. “My dear Robert, sit down,” she said, and I sat, and I drank. I saw Anne. ";
    let elements = read(&[&text.repeat(3)]);
    let told = |s: &&book::element::Suggestion| {
        [&*s.keep, &*s.merge].contains(&"Robert") && s.merge == "the narrator"
    };
    assert_eq!(elements.suggestions.iter().filter(told).count(), 1, "{:?}", elements.suggestions);
}

#[test]
fn the_narrator_is_a_man_or_a_woman_by_spouse_or_by_name() {
    let gender = |text: &str| element(&read(&[&text.repeat(3)]), "the narrator").gender;
    let told = "I ran to the door, and I saw the sea. I called, and I fell. ";
    assert_eq!(gender(told), None);
    assert_eq!(gender(&format!("{told}I thought of my wife. ")), Some(Gender::Male));
    assert_eq!(gender(&format!("{told}I thought of my husband. ")), Some(Gender::Female));
    let named =
        "“Come, Robert,” said Anne, and Anne went. I ran, and I saw Anne. “Robert!” said Anne. ";
    assert_eq!(gender(&format!("{told}{named}")), Some(Gender::Male));
}

#[test]
fn a_concept_tells_who_where_when() {
    let chapters = book(&[
        "It was midnight. “Hush,” said Ruth. Ruth entered the forest with a lantern in her hand.\n\n\
         She climbed over a fallen tree, and the rain beat upon her red cloak as she ran along the \
         muddy path. Ruth was cold.",
    ]);
    let elements = merge(&[survey(&chapters[0])]);
    let found = concepts(&chapters[0], &elements, 10.0);
    let concept = &found.concepts[0];
    assert_eq!(concept.elements, ["Ruth"]);
    assert_eq!((&*concept.time_of_day, &*concept.weather), ("night", "rain"), "{concept:?}");
    assert!(concept.description.starts_with("Ruth climbed"), "{}", concept.description);
}

#[test]
fn a_quotation_that_is_no_speech_leaves_no_hole() {
    let chapters = book(&[
        "Ruth found a small white cake upon the silver plate, on which the words “Eat Me” were marked \
         in red currants, and Ruth took the cake in her hand.",
    ]);
    let found = concepts(&chapters[0], &merge(&[survey(&chapters[0])]), 10.0);
    let told = &found.concepts[0].description;
    assert!(told.contains("the words “Eat Me” were marked"), "{told}");
}

#[test]
fn whom_one_beholds_is_whom_the_next_pronoun_means() {
    let text = "So Hannah wept. “Oh,” said Hannah, and Hannah sat down. Then Peter came. “Yes,” said \
                Peter. So Esther laughed. “No,” said Esther, and Esther ran. Then Hannah rose.\n\n\
                They entered the prison, and beheld Esther upon the straw. She lifted a red lantern \
                over the black chain and the wooden table in the corner.";
    let chapters = book(&[text]);
    let mut elements = merge(&[survey(&chapters[0])]);
    for name in ["Hannah", "Esther"] {
        let at = elements.elements.iter().position(|e| e.name == name).unwrap();
        elements.elements[at].gender = Some(Gender::Female);
    }
    let found = concepts(&chapters[0], &elements, 10.0);
    let told = &found.concepts[0].description;
    assert!(told.contains("Esther lifted a red lantern"), "{told}");
}

#[test]
fn who_has_no_name_is_not_taken_for_who_has_one() {
    let chapters = book(&[
        "So Hannah wept. “Oh,” said Hannah, and Hannah sat down. “No,” said Hannah.\n\nThis child was \
         thin. Her hair was a bright red cloud upon the white pillow of the wooden bed in the corner.",
    ]);
    let mut elements = merge(&[survey(&chapters[0])]);
    elements.elements[0].gender = Some(Gender::Female);
    let told = concepts(&chapters[0], &elements, 10.0).concepts[0].description.clone();
    assert!(!told.contains("Hannah"), "{told}");
}

#[test]
fn one_description_is_told_in_one_person() {
    let chapters = book(&[
        "I ran up the white stairs with a red lantern in my hand. I am an old man with a grey beard \
         and a black coat.",
    ]);
    let found = concepts(&chapters[0], &merge(&[survey(&chapters[0])]), 10.0);
    assert_eq!(
        found.concepts[0].description,
        "The narrator ran up the white stairs with a red lantern in their hand. Stairs."
    );
}

#[test]
fn a_survey_of_a_huge_chapter_is_small() {
    let mut text = String::new();
    for n in 0..12_500_u32 {
        let letter = |n: u32| char::from(b'a' + u8::try_from(n % 26).unwrap());
        let tail: String = [n, n / 26, n / 676].into_iter().map(letter).collect();
        text.push_str(&format!(
            "Then B{tail} of the r{tail} saw a tall old man with a long white beard, and he ran. "
        ));
    }
    let chapter = Chapter { number: 1, title: String::new(), text };
    let json = serde_json::to_string(&survey(&chapter)).unwrap();
    assert!(json.len() < 1_000_000, "{} bytes", json.len());
}

/// Texts made of what trips readers up: quotes of all kinds, dashes, headings, names, odd letters.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z’'-]{1,9}",
        2 => Just("the old man".to_owned()),
        2 => Just("Mr. Bennet".to_owned()),
        1 => Just("Alice’s long hair was".to_owned()),
        1 => Just("in the dark forest".to_owned()),
        2 => "[“”\"‘’'.,;:!?—…()-]{1,3}",
        1 => Just("\n\n".to_owned()),
        1 => Just("\n".to_owned()),
        1 => "\\PC{1,4}",
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn every_quote_of_any_text_is_verbatim(texts in prop::collection::vec(text(), 1..4)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let chapters = book(&texts);
        let elements = merge(&chapters.iter().map(survey).collect::<Vec<_>>());
        let text = |number: u32| texts[number as usize - 1];
        for element in &elements.elements {
            for quote in &element.quotes {
                let found = text(quote.chapter).get(quote.offset..quote.offset + quote.text.len());
                prop_assert_eq!(found, Some(quote.text.as_str()));
            }
            for fact in &element.facts {
                let found = text(fact.chapter).get(fact.offset..fact.offset + fact.quote.len());
                prop_assert_eq!(found, Some(fact.quote.as_str()));
            }
        }
        for chapter in &chapters {
            for concept in concepts(chapter, &elements, 0.05).concepts {
                let found = chapter.text.get(concept.offset..concept.offset + concept.quote.len());
                prop_assert_eq!(found, Some(concept.quote.as_str()));
                prop_assert!(!concept.description.is_empty());
            }
        }
    }

    #[test]
    fn the_order_of_surveys_does_not_matter(texts in prop::collection::vec(text(), 2..5)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut surveys: Vec<Survey> = book(&texts).iter().map(survey).collect();
        let forward = merge(&surveys);
        surveys.reverse();
        prop_assert_eq!(forward, merge(&surveys));
    }

    #[test]
    fn a_survey_survives_being_written_down(text in text()) {
        let survey = survey(&book(&[&text])[0]);
        let json = serde_json::to_string(&survey).unwrap();
        prop_assert_eq!(serde_json::from_str::<Survey>(&json).unwrap(), survey);
    }

    #[test]
    fn names_are_unique_and_concepts_are_in_order(text in text()) {
        let chapters = book(&[&text]);
        let elements = merge(&[survey(&chapters[0])]);
        let mut seen = std::collections::BTreeSet::new();
        prop_assert!(elements.elements.iter().all(|element| seen.insert(element.name.clone())));
        let found = concepts(&chapters[0], &elements, 0.1).concepts;
        for (n, concept) in found.iter().enumerate() {
            prop_assert_eq!(concept.index as usize, n + 1);
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].offset + pair[0].quote.len() <= pair[1].offset);
        }
    }
}
