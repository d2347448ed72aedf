//! Projects to be looked at, and a server to ask.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use book::concept::{ChapterConcepts, Concept};
use book::project::{self, ChapterPlates, PlateRecord};
use dashboard::{Server, Settings};
use manifest::{
    ChapterEvent, ChapterId, Event, Interrupt, Listed, Options, Plate, Source, Store, Token,
    WorkerId,
};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

/// A title that would do harm if it were ever taken for markup.
pub const TITLE: &str = "<script>alert(1)</script> & \"Sons\"\n";

/// A folder of projects that goes away with the test.
pub struct Library {
    pub folder: TempDir,
    pub interrupt: Interrupt,
}

impl Library {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), interrupt: Interrupt::new() }
    }

    /// A project of so many chapters with one moment each.
    pub fn book(&self, name: &str, chapters: u32) -> Project {
        let source = Source {
            path: "/b.epub".into(),
            sha256: name.into(),
            title: TITLE.into(),
            headings: None,
        };
        let folder = self.folder.path().join(format!("{name}.woodcut"));
        let store = Store::create(&folder, source, Options::default()).unwrap();
        let listed = |n| Listed { number: ChapterId(n), title: format!("{n}. {TITLE}"), words: 9 };
        let chapters = (1..=chapters).map(listed).collect();
        store.update(|_| (vec![Event::ChaptersListed { chapters }], ())).unwrap();
        Project { store }
    }

    /// A project of one chapter that is finished.
    pub fn drawn(&self, name: &str) -> Project {
        let book = self.book(name, 1);
        book.elements();
        book.analyze(1);
        book.illustrate(1);
        book
    }

    pub fn settings(&self) -> Settings {
        Settings {
            folders: vec![self.folder.path().to_owned()],
            address: ([127, 0, 0, 1], 0).into(),
            names: vec![],
            token: None,
            token_env: "TOKEN".into(),
        }
    }

    pub fn server(&self) -> Server {
        Server::bind(self.settings(), &self.interrupt).unwrap()
    }

    pub fn router(&self) -> Router {
        self.server().router()
    }
}

/// A project, and what a daemon does to it.
pub struct Project {
    pub store: Store,
}

impl Project {
    pub fn event(&self, event: Event) {
        self.store.update(|_| (vec![event], ())).unwrap();
    }

    pub fn change(&self, chapter: u32, change: ChapterEvent) {
        self.event(Event::Chapter { chapter: ChapterId(chapter), change });
    }

    fn serial(&self) -> u64 {
        self.store.view(|manifest| manifest.serial.0).unwrap()
    }

    pub fn elements(&self) {
        self.event(Event::ElementsClaimed { worker: WorkerId("w".into()) });
        self.event(Event::ElementsCompleted { token: Token(self.serial()), count: 0 });
    }

    pub fn analyze(&self, chapter: u32) {
        let concepts = vec![Concept {
            index: 1,
            quote: TITLE.into(),
            description: "A ferry.".into(),
            ..Concept::default()
        }];
        let record = ChapterConcepts { chapter, title: TITLE.into(), concepts };
        let name = project::concepts_name(ChapterId(chapter));
        project::write(&self.store, &name, &record).unwrap();
        self.change(chapter, ChapterEvent::AnalysisClaimed { worker: WorkerId("w".into()) });
        let token = Token(self.serial());
        self.change(chapter, ChapterEvent::Analyzed { token, concepts: 1 });
    }

    pub fn fail(&self, chapter: u32, message: &str) {
        self.change(chapter, ChapterEvent::AnalysisClaimed { worker: WorkerId("w".into()) });
        let (token, message) = (Token(self.serial()), message.to_owned());
        self.change(chapter, ChapterEvent::Failed { token, message, retry_at: None });
    }

    pub fn illustrate(&self, chapter: u32) {
        let file = format!("plates/{chapter:03}-1-a-ferry-0123abcd.png");
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(800, 1200).write_to(&mut png, image::ImageFormat::Png).unwrap();
        self.store.put(&file, png.get_ref()).unwrap();
        let mut plates = ChapterPlates::new(ChapterId(chapter));
        plates.record(PlateRecord {
            concept: 1,
            file: file.clone(),
            key: "0123abcd".into(),
            prompt: "A ferry, cut in wood.".into(),
            engine: "builtin woodcut".into(),
            size: [800, 1200],
            seed: 7,
            softened: None,
        });
        project::write(&self.store, &project::plates_name(ChapterId(chapter)), &plates).unwrap();
        self.record(chapter, &file);
    }

    pub fn record(&self, chapter: u32, file: &str) {
        self.change(chapter, ChapterEvent::IllustrationClaimed { worker: WorkerId("w".into()) });
        let token = Token(self.serial());
        let plate = Plate { file: file.into(), key: "0123abcd".into() };
        self.change(chapter, ChapterEvent::PlateRecorded { token, concept: 1, plate, millis: 0 });
        self.change(chapter, ChapterEvent::Illustrated { token });
    }
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A request as one of our own pages makes it.
pub fn request(method: Method, path: &str, body: &str) -> Request<Body> {
    let changes = method == Method::POST;
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(header::HOST, "127.0.0.1:8417");
    if changes {
        request = request.header("origin", "http://127.0.0.1:8417");
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 16 << 20).await.unwrap().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub async fn get(router: &Router, path: &str) -> Answer {
    ask(router, request(Method::GET, path, "")).await
}

pub async fn post(router: &Router, path: &str, body: &str) -> Answer {
    ask(router, request(Method::POST, path, body)).await
}

/// Runs a test that asks.
pub fn asking(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(test);
}

/// The address of the only book.
pub async fn only_book(router: &Router) -> String {
    let books = get(router, "/api/v1/books").await.json();
    assert_eq!(books["books"].as_array().unwrap().len(), 1, "{books}");
    format!("/api/v1/books/{}", books["books"][0]["bookId"].as_str().unwrap())
}
