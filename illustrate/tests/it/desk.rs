//! A project with analyzed chapters, and a server to draw them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use book::concept::{ChapterConcepts, Concept};
use book::element::{Element, Elements};
use book::project::{self, ChapterPlates};
use config::Look;
use illustrate::choice::Choice;
use illustrate::engine::Model;
use illustrate::message::Message;
use illustrate::{IllustrateError, Settings};
use manifest::crew::Ending;
use manifest::{
    ChapterEvent, ChapterId, Event, Interrupt, Listed, Options, Role, Source, Store, Token,
};
use models::fakes::{Asked, Reply, Server};
use models::{ImageConfig, PriceTable};
use tempfile::TempDir;

pub struct Desk {
    folder: TempDir,
    pub server: Server,
    pub config: ImageConfig,
    pub choice: Choice,
    pub look: Look,
    pub review: bool,
    /// The folder of the series that the book belongs to.
    pub series: Option<PathBuf>,
    /// A text model that sees.
    pub eye: Option<models::TextConfig>,
    said: Arc<Mutex<Vec<Message>>>,
}

impl Desk {
    /// A project of so many analyzed chapters with two moments each.
    pub fn new(chapters: u32, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let server = Server::start(answer);
        let mut config: ImageConfig =
            toml::from_str("engine = 'openai'\nmodel = 'fake-1'").unwrap();
        config.base_url = Some(server.url());
        config.patience.attempts = 1;
        let (folder, choice) = (tempfile::tempdir().unwrap(), Choice::default());
        let (look, review, eye) = (Look::default(), false, None);
        let said = Arc::default();
        let series = None;
        let desk = Self { folder, server, config, choice, look, review, series, eye, said };
        desk.analyze(chapters);
        desk
    }

    fn analyze(&self, chapters: u32) {
        let source = Source {
            path: "/b".into(),
            sha256: "0".into(),
            title: "The Ferry".into(),
            headings: None,
        };
        let store = Store::create(&self.path(), source, Options::default()).unwrap();
        let worker = store.register(Role::Analyze).unwrap();
        let listed = (1..=chapters).map(|n| Listed {
            number: ChapterId(n),
            title: format!("Crossing {n}"),
            words: 9,
        });
        let apply =
            |event: Event| store.update(|m| (vec![event], Token(m.serial.next().0))).unwrap();
        apply(Event::ChaptersListed { chapters: listed.collect() });
        for chapter in (1..=chapters).map(ChapterId) {
            let concept = |index: u32| Concept {
                index,
                quote: format!("Rain fell on crossing {chapter}.{index}."),
                description: format!("Ada murders time on crossing {chapter}.{index}"),
                ..Concept::default()
            };
            let concepts = vec![concept(1), concept(2)];
            let record = ChapterConcepts { chapter: chapter.0, title: String::new(), concepts };
            project::write(&store, &project::concepts_name(chapter), &record).unwrap();
            let of = |change| Event::Chapter { chapter, change };
            let token = apply(of(ChapterEvent::AnalysisClaimed { worker: worker.id().clone() }));
            apply(of(ChapterEvent::Analyzed { token, concepts: 2 }));
        }
    }

    /// Says who is in the book, and that every moment shows the first of them.
    pub fn cast(&self, elements: Vec<Element>) {
        let store = self.store();
        let worker = store.register(Role::Analyze).unwrap();
        let worker = worker.id().clone();
        let token = store
            .update(|m| (vec![Event::ElementsClaimed { worker }], Token(m.serial.next().0)))
            .unwrap();
        let count = u32::try_from(elements.len()).unwrap();
        let first = elements[0].name.clone();
        let elements = Elements { elements, ..Elements::default() };
        project::write(&store, project::ELEMENTS, &elements).unwrap();
        store.update(|_| (vec![Event::ElementsCompleted { token, count }], ())).unwrap();
        let chapters = store.view(|m| m.chapters().keys().copied().collect::<Vec<_>>()).unwrap();
        for chapter in chapters {
            let mut record = project::concepts(&store, chapter).unwrap().unwrap();
            for concept in &mut record.concepts {
                concept.elements = vec![first.clone()];
            }
            project::write(&store, &project::concepts_name(chapter), &record).unwrap();
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("tale.woodcut")
    }

    pub fn store(&self) -> Store {
        Store::open(&self.path(), Options::default()).unwrap()
    }

    pub fn draw(&self) -> Result<Ending, IllustrateError> {
        let env = |name: &str| (name == "FAKE").then(|| "key".to_owned());
        let engine = Model::new(&self.config, &env, &PriceTable::bundled()).unwrap();
        let settings = Settings {
            project: self.path(),
            threads: 2,
            size: [96, 64],
            seed: 0,
            choice: self.choice.clone(),
            look: self.look.clone(),
            review: self.review,
            series: self.series.clone(),
            rules: purse::Rules::default(),
        };
        let said = Arc::clone(&self.said);
        let tell: illustrate::Tell = Arc::new(move |message| said.lock().unwrap().push(message));
        let eye = self.eye.as_ref().map(|config| {
            let prices = PriceTable::bundled();
            let around = models::Surroundings { env: &env, prices: &prices };
            models::build_text(config, &around).unwrap()
        });
        illustrate::run(&settings, &engine, eye.as_deref(), &Interrupt::new(), &tell)
    }

    /// The prompts that the server was asked for so far, in the order of their text.
    pub fn prompts(&self) -> Vec<String> {
        let asked = self.server.asked();
        let prompts = asked.iter().filter_map(|a| Some(a.json()["prompt"].as_str()?.to_owned()));
        let mut prompts: Vec<String> = prompts.collect();
        prompts.sort();
        prompts
    }

    pub fn plates(&self, chapter: u32) -> ChapterPlates {
        let name = project::plates_name(ChapterId(chapter));
        project::read(&self.store(), &name).unwrap().unwrap()
    }

    pub fn messages(&self) -> String {
        let said = self.said.lock().unwrap();
        said.iter().map(|message| format!("{message}\n")).collect()
    }
}
