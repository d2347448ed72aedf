//! A ComfyUI with a queue, a history and a cache.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

use super::pictures::png;
use super::server::{Asked, Reply};

/// What it does with the jobs it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Draws each job when it is looked for the second time.
    Draws,
    /// Fails each job.
    Fails,
    /// Answers each job with nothing, as for a graph that it has drawn before.
    Remembers,
    /// Forgets each job.
    Forgets,
    /// Leaves each job in the queue.
    Idles,
    /// Draws like `Draws`, but pictures too small to be any.
    Doodles,
}

/// The state of a fake ComfyUI; give [`ComfyUi::answer`] to a server.
#[derive(Debug, Clone)]
pub struct ComfyUi {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    mood: Mood,
    queue: Vec<String>,
    history: Map<String, Value>,
    submitted: Vec<Value>,
}

impl ComfyUi {
    /// One in this mood.
    pub fn new(mood: Mood) -> Self {
        let (queue, history, submitted) = Default::default();
        Self { state: Arc::new(Mutex::new(State { mood, queue, history, submitted })) }
    }

    /// Changes its mood.
    pub fn set_mood(&self, mood: Mood) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).mood = mood;
    }

    /// The bodies of the jobs that were submitted.
    pub fn submitted(&self) -> Vec<Value> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).submitted.clone()
    }

    /// Answers one request.
    pub fn answer(&self, asked: &Asked) -> Reply {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", "/prompt") => state.submit(&asked.json()),
            ("GET", "/queue") => state.show_queue(),
            ("GET", "/system_stats") => Reply::json(200, &json!({"system": {}})),
            ("POST", "/free") => Reply::status(200, ""),
            ("POST", "/upload/image") => {
                let body = String::from_utf8_lossy(&asked.body);
                let name = body.split("filename=\"").nth(1).and_then(|rest| rest.split('"').next());
                Reply::json(200, &json!({"name": name, "subfolder": "", "type": "input"}))
            }
            ("GET", path) => {
                if let Some(id) = path.strip_prefix("/history/") {
                    let entry = state.history.get(id).cloned();
                    let reply = entry.map_or(json!({}), |entry| json!({id: entry}));
                    return Reply::json(200, &reply);
                }
                if path.starts_with("/view?filename=") {
                    let width = if state.mood == Mood::Doodles { 8 } else { 96 };
                    return Reply::bytes(png(width, 64, path.len() as u64));
                }
                Reply::status(404, "404: Not Found")
            }
            _ => Reply::status(405, ""),
        }
    }
}

impl State {
    fn submit(&mut self, body: &Value) -> Reply {
        let id = body["prompt_id"].as_str().unwrap_or("one-of-its-own").to_owned();
        self.submitted.push(body.clone());
        match self.mood {
            Mood::Draws | Mood::Doodles | Mood::Idles => self.queue.push(id.clone()),
            Mood::Fails => self.finish(&id, failed()),
            Mood::Remembers => self.finish(&id, drawn(&json!({}))),
            Mood::Forgets => {}
        }
        Reply::json(200, &json!({"prompt_id": id, "number": 1, "node_errors": {}}))
    }

    /// A look at the queue is what moves it on.
    fn show_queue(&mut self) -> Reply {
        let jobs: Vec<Value> = self.queue.iter().map(|id| json!([0, id, {}, {}, []])).collect();
        let running = jobs.first().cloned();
        if matches!(self.mood, Mood::Draws | Mood::Doodles) && !self.queue.is_empty() {
            let id = self.queue.remove(0);
            let image =
                json!({"filename": format!("{id} 1.png"), "subfolder": "a/b", "type": "output"});
            self.finish(&id, drawn(&json!({"7": {"images": [image]}})));
        }
        let pending: Vec<&Value> = jobs.iter().skip(1).collect();
        let running: Vec<Value> = running.into_iter().collect();
        Reply::json(200, &json!({"queue_running": running, "queue_pending": pending}))
    }

    fn finish(&mut self, id: &str, entry: Value) {
        self.history.insert(id.to_owned(), entry);
    }
}

fn drawn(outputs: &Value) -> Value {
    json!({
        "outputs": outputs,
        "status": {"status_str": "success", "completed": true, "messages": []},
    })
}

fn failed() -> Value {
    let error = json!({
        "node_id": "5",
        "node_type": "KSampler",
        "exception_type": "torch.OutOfMemoryError",
        "exception_message": "Allocation on device",
        "traceback": [],
    });
    json!({
        "outputs": {},
        "status": {
            "status_str": "error",
            "completed": false,
            "messages": [["execution_start", {}], ["execution_error", error]],
        },
    })
}
