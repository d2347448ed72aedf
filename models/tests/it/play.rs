//! The small language the tests are written in: a stage with a fake server on it, and an engine
//! that is configured to call there.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use models::fakes::{Asked, FakeClock, Reply, Server};
use models::{
    Admission, Call, CallError, Estimate, Gate, ImageAnswer, ImageConfig, ImageEngine, ImageModel,
    ImageRequest, Permit, Settlement, Surroundings, TextAnswer, TextConfig, TextEngine, TextModel,
    TextRequest, build_image, build_text,
};
use serde_json::{Value, json};

/// The key every engine on the stage is given.
pub const KEY: &str = "sk-0123456789-never-to-be-seen";

/// A server, a clock, a gate that writes everything down, and the two configurations.
pub struct Stage {
    pub server: Server,
    pub clock: FakeClock,
    pub gate: Books,
    pub interrupt: AtomicBool,
    pub text: TextConfig,
    pub image: ImageConfig,
}

impl Stage {
    /// A server that gives these answers in order.
    pub fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::on(Server::script(replies))
    }

    /// A server that answers as the function says.
    pub fn answer(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::on(Server::start(answer))
    }

    fn on(server: Server) -> Self {
        let mut text = TextConfig {
            base_url: Some(server.url()),
            model: Some("fake-1".into()),
            key_env: Some("FAKE_KEY".into()),
            ..TextConfig::default()
        };
        text.patience.attempts = 3;
        let image = ImageConfig {
            base_url: text.base_url.clone(),
            model: text.model.clone(),
            key_env: text.key_env.clone(),
            patience: text.patience,
            ..ImageConfig::default()
        };
        Self {
            server,
            clock: FakeClock::default(),
            gate: Books::default(),
            interrupt: AtomicBool::new(false),
            text,
            image,
        }
    }

    pub fn text_model(&self, engine: TextEngine) -> Box<dyn TextModel> {
        let config = TextConfig { engine, ..self.text.clone() };
        with_surroundings(|around| build_text(&config, around)).expect("the stage's configuration")
    }

    pub fn image_model(&self, engine: ImageEngine) -> Box<dyn ImageModel> {
        let config = ImageConfig { engine, ..self.image.clone() };
        with_surroundings(|around| build_image(&config, around)).expect("the stage's configuration")
    }

    pub fn call(&self) -> Call<'_> {
        Call::new(&self.interrupt).gate(&self.gate).clock(&self.clock)
    }

    pub fn ask(&self, engine: TextEngine) -> Result<TextAnswer, CallError> {
        self.text_model(engine).complete(&question(), &self.call())
    }

    pub fn draw(&self, engine: ImageEngine) -> Result<ImageAnswer, CallError> {
        self.image_model(engine).draw(&sketch(), &self.call())
    }

    /// The bodies of the requests so far, as JSON.
    pub fn bodies(&self) -> Vec<Value> {
        self.server.asked().iter().map(Asked::json).collect()
    }

    /// Method and path of the requests so far.
    pub fn paths(&self) -> Vec<String> {
        self.server.asked().iter().map(|a| format!("{} {}", a.method, a.path)).collect()
    }

    /// The waits so far, in milliseconds.
    pub fn waits(&self) -> Vec<u128> {
        self.clock.waits().iter().map(Duration::as_millis).collect()
    }
}

pub fn with_surroundings<T>(build: impl FnOnce(&Surroundings<'_>) -> T) -> T {
    let prices = models::PriceTable::bundled();
    let env = |name: &str| (name == "FAKE_KEY").then(|| KEY.to_owned());
    build(&Surroundings { env: &env, prices: &prices })
}

/// A question for an object with a number `n`.
pub fn question() -> TextRequest {
    TextRequest {
        system: "You count.".into(),
        user: "How many mice?".into(),
        pictures: Vec::new(),
        schema: Some(json!({
            "type": "object",
            "required": ["n"],
            "properties": {"n": {"type": "integer"}, "why": {"type": "string"}},
        })),
        max_output_tokens: Some(500),
        temperature: Some(0.5),
        seed: Some(7),
    }
}

pub fn sketch() -> ImageRequest {
    ImageRequest {
        prompt: "a mouse at tea".into(),
        negative: "text".into(),
        width: 1200,
        height: 800,
        seed: Some(42),
        references: Vec::new(),
        request_id: "alice/9/1".into(),
    }
}

/// A gate that lets everything pass and keeps the books.
#[derive(Default)]
pub struct Books {
    pub admitted: Mutex<Vec<Estimate>>,
    pub settled: Mutex<Vec<Settlement>>,
}

impl Books {
    pub fn settled(&self) -> Vec<Settlement> {
        self.settled.lock().unwrap().clone()
    }
}

impl Gate for Books {
    fn admit(&self, estimate: &Estimate, _: Duration) -> Result<Admission, CallError> {
        let mut admitted = self.admitted.lock().unwrap();
        admitted.push(estimate.clone());
        Ok(Admission::Go(Permit(admitted.len() as u64)))
    }

    fn settle(&self, _: Permit, settlement: Settlement, _: Duration) {
        self.settled.lock().unwrap().push(settlement);
    }
}
