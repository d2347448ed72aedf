//! ComfyUI: a workflow with places to fill in, queued under a number of our own choosing.
//!
//! The number is derived from the caller's name for the picture, so after a crash the same
//! request finds what was queued before: first the history is asked, then the queue, and only
//! then is anything submitted. An interrupt therefore leaves the job where it is.
//!
//! A number whose job failed, or brought no picture, is used up; the next attempt takes the next
//! one. Each job saves under a name of its own, so ComfyUI's cache, which answers a graph it has
//! drawn before with nothing at all, runs at least the saving again.

use std::time::Duration;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use ureq::http::Method;

use crate::base_url::escape;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::{CallError, StopCause};
use crate::fault::Fault;
use crate::gate::Work;
use crate::image::{ImageAnswer, ImageModel, ImageRequest, RawPicture, accept, reseeded};
use crate::money::Price;
use crate::multipart::{self, File};
use crate::picture::Picture;
use crate::probe::Finding;
use crate::report::{Report, excerpt};
use crate::template::{Places, fill, mentions};

/// Between looks at a job.
const LOOK: Duration = Duration::from_millis(500);

/// Numbers tried for one picture before it is given up.
const MOST_NUMBERS: u32 = 12;

/// ComfyUI with a workflow.
#[derive(Debug)]
pub(crate) struct ComfyUi {
    pub endpoint: Endpoint,
    pub workflow: Value,
    pub references: usize,
    /// How long a job may stay where it is, in the queue or under way.
    pub patience: Duration,
}

/// What became of a job.
enum Job {
    /// Nobody knows it.
    Unknown,
    /// It failed, with what error, or it brought no picture.
    UsedUp(String),
    /// Its pictures.
    Done(Vec<Value>),
}

/// Where in the queue a job is; a change is a sign of life.
#[derive(PartialEq, Eq)]
enum Place {
    UnderWay,
    Waiting(usize),
    Nowhere,
}

impl ComfyUi {
    /// Finds or draws the picture, passing over the first `skip` numbers.
    fn attempt(
        &self,
        request: &ImageRequest,
        skip: u32,
        call: &Call<'_>,
    ) -> Result<RawPicture, Fault> {
        let mut last_words = String::new();
        for attempt in skip..MOST_NUMBERS {
            let id = job_id(&request.request_id, attempt);
            match self.job(&id, call)? {
                Job::UsedUp(words) => last_words = words,
                Job::Done(pictures) => return self.fetch(&pictures, request, call),
                Job::Unknown => {
                    let id = match self.place(&id, call)? {
                        Place::Nowhere => self.submit(&id, request, call)?,
                        _ => id,
                    };
                    let pictures = self.await_job(&id, call)?;
                    return self.fetch(&pictures, request, call);
                }
            }
        }
        let what = format!("failed {MOST_NUMBERS} times, last: {last_words}");
        Err(CallError::Rejected { engine: self.endpoint.name(), what }.into())
    }

    fn job(&self, id: &str, call: &Call<'_>) -> Result<Job, Fault> {
        let history = self.endpoint.get(&format!("/history/{}", escape(id)), call)?;
        let Some(entry) = history.get(id) else { return Ok(Job::Unknown) };
        if entry["status"]["status_str"] == "error" {
            return Ok(Job::UsedUp(failure(entry)));
        }
        let pictures = pictures(&entry["outputs"]);
        if pictures.is_empty() {
            return Ok(Job::UsedUp("no picture among its outputs".to_owned()));
        }
        Ok(Job::Done(pictures))
    }

    fn place(&self, id: &str, call: &Call<'_>) -> Result<Place, Fault> {
        let queue = self.endpoint.get("/queue", call)?;
        // A job is a list: its rank, its number, its graph, ….
        let jobs = |list: &str| queue[list].as_array().cloned().unwrap_or_default();
        if jobs("queue_running").iter().any(|job| job[1] == id) {
            return Ok(Place::UnderWay);
        }
        let waiting = jobs("queue_pending");
        Ok(match waiting.iter().any(|job| job[1] == id) {
            true => Place::Waiting(waiting.len()),
            false => Place::Nowhere,
        })
    }

    /// Queues the job; returns its number, which older servers choose themselves.
    fn submit(&self, id: &str, request: &ImageRequest, call: &Call<'_>) -> Result<String, Fault> {
        let places = self.places(id, request, call)?;
        let graph = fill(&self.workflow, &places);
        let body = json!({"prompt": graph, "prompt_id": id, "client_id": "woodcut"});
        let bytes = body.to_string().into_bytes();
        let body = Some(("application/json".to_owned(), bytes));
        let reply = self.endpoint.reply(Method::POST, "/prompt", body, call)?;
        match reply.status {
            200 => {
                let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                Ok(answer["prompt_id"].as_str().unwrap_or(id).to_owned())
            }
            400 => Err(self.invalid(&reply.body)),
            _ => Err(self.endpoint.judge(&reply, Report::of(&reply.body), call)),
        }
    }

    fn places(&self, id: &str, request: &ImageRequest, call: &Call<'_>) -> Result<Places, Fault> {
        let mut places = Places::from([
            ("prompt".to_owned(), json!(request.prompt)),
            ("negative".to_owned(), json!(request.negative)),
            ("width".to_owned(), json!(request.width)),
            ("height".to_owned(), json!(request.height)),
            // A seed of its own for each number would defeat "the same seed, the same picture".
            ("seed".to_owned(), json!(request.seed.unwrap_or_else(|| seed_of(id)))),
            ("model".to_owned(), json!(self.endpoint.model)),
            ("id".to_owned(), json!(format!("woodcut-{id}"))),
        ]);
        for n in 0..self.most_references() {
            // The nodes behind a place want a picture whatever there is to show.
            let given = request.references.get(n).or(request.references.last());
            let picture = given.cloned().unwrap_or_else(Picture::grey);
            places.insert(format!("reference{}", n + 1), json!(self.upload(&picture, call)?));
        }
        Ok(places)
    }

    /// Uploads a reference picture under a name made from its bytes; what a `LoadImage` node has
    /// to be told.
    fn upload(&self, picture: &Picture, call: &Call<'_>) -> Result<String, Fault> {
        let hash = hex(&Sha256::digest(&picture.bytes)[..8]);
        let file = File { field: "image", name: format!("woodcut-{hash}"), picture };
        let mut fields = Map::new();
        fields.insert("overwrite".to_owned(), json!("true"));
        fields.insert("type".to_owned(), json!("input"));
        let (content_type, bytes) = multipart::form(&fields, &[file]);
        let answer = self.endpoint.post_bytes("/upload/image", &content_type, bytes, call)?;
        let name = answer["name"].as_str().unwrap_or_default();
        Ok(match answer["subfolder"].as_str() {
            Some(folder) if !folder.is_empty() => format!("{folder}/{name}"),
            _ => name.to_owned(),
        })
    }

    /// Waits until the job is done; how long it may take is bounded by how long it may stay in
    /// the same place.
    fn await_job(&self, id: &str, call: &Call<'_>) -> Result<Vec<Value>, Fault> {
        let mut since = call.clock.now();
        let mut last_place = Place::UnderWay;
        let mut missing = 0;
        loop {
            match self.job(id, call)? {
                Job::Done(pictures) => return Ok(pictures),
                Job::UsedUp(words) => return Err(Fault::lost(words)),
                Job::Unknown => {}
            }
            let place = self.place(id, call)?;
            // Between queue and history a job is nowhere for a moment.
            missing = if place == Place::Nowhere { missing + 1 } else { 0 };
            if missing > 2 {
                return Err(Fault::lost("the server has forgotten the job".to_owned()));
            }
            if place != last_place {
                last_place = place;
                since = call.clock.now();
            }
            if call.clock.now() - since >= self.patience {
                let seconds = self.patience.as_secs();
                return Err(Fault::lost(format!("no sign of life for {seconds} s")));
            }
            call.wait(&self.endpoint.name(), "drawing", LOOK)?;
        }
    }

    fn fetch(
        &self,
        pictures: &[Value],
        request: &ImageRequest,
        call: &Call<'_>,
    ) -> Result<RawPicture, Fault> {
        let text = |name: &str| escape(pictures[0][name].as_str().unwrap_or_default());
        let path = format!(
            "/view?filename={}&subfolder={}&type={}",
            text("filename"),
            text("subfolder"),
            text("type")
        );
        let bytes = self.endpoint.get_bytes(&path, call)?;
        let usage = self.endpoint.bill((0, 0), 1, None);
        Ok(RawPicture { bytes, seed: request.seed, revised_prompt: None, usage })
    }

    /// What a rejected workflow means: a node or a model that is not installed, or a mistake.
    fn invalid(&self, body: &[u8]) -> Fault {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut what = Report::of(body).message;
        let nodes = value["node_errors"].as_object();
        let errors = nodes.into_iter().flatten().filter_map(|(_, node)| {
            let error = &node["errors"][0];
            let words = [&node["class_type"], &error["message"], &error["details"]];
            let words: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
            Some((error["type"].as_str()?, words.join(": ")))
        });
        let (kinds, words): (Vec<&str>, Vec<String>) = errors.take(3).unzip();
        if !words.is_empty() {
            what = excerpt(&words.join("; "));
        }
        let (cause, next) = if value["error"]["type"] == "missing_node_type" {
            (StopCause::Setup, "install the missing node in ComfyUI, or use another workflow")
        } else if kinds.contains(&"value_not_in_list") {
            (StopCause::Model, "set `model`, or the workflow, to what ComfyUI has installed")
        } else {
            (StopCause::Setup, "open the workflow in ComfyUI, mend it and export it again")
        };
        Fault::stop(&self.endpoint.name(), cause, what, next)
    }
}

/// The pictures of a job: those that were saved before mere previews, by node.
fn pictures(outputs: &Value) -> Vec<Value> {
    let mut found: Vec<(bool, u64, Value)> = outputs
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(node, output)| {
            let images = output["images"].as_array().cloned().unwrap_or_default();
            let number = node.parse().unwrap_or(u64::MAX);
            images.into_iter().map(move |image| (image["type"] != "output", number, image))
        })
        .collect();
    found.sort_by_key(|(preview, number, _)| (*preview, *number));
    found.into_iter().map(|(_, _, image)| image).collect()
}

/// Why a job failed.
fn failure(entry: &Value) -> String {
    let messages = entry["status"]["messages"].as_array();
    let error = messages.into_iter().flatten().find(|message| message[0] == "execution_error");
    let Some(error) = error.map(|message| &message[1]) else {
        return "the job failed or was cancelled".to_owned();
    };
    let text = |name: &str| error[name].as_str().unwrap_or("?").to_owned();
    excerpt(&format!("{}: {}", text("node_type"), text("exception_message")))
}

/// The number of a picture's job: a UUID made from its name and from how often it was tried.
fn job_id(request_id: &str, attempt: u32) -> String {
    let mut hash: [u8; 16] = [0; 16];
    let digest = Sha256::digest(format!("woodcut {attempt} {request_id}"));
    hash.copy_from_slice(&digest[..16]);
    // Version 8, "made in some way of one's own", and the usual variant.
    hash[6] = hash[6] & 0x0f | 0x80;
    hash[8] = hash[8] & 0x3f | 0x80;
    let text = hex(&hash);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

fn seed_of(id: &str) -> u64 {
    let digest = Sha256::digest(id);
    u64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl ImageModel for ComfyUi {
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError> {
        let estimate = self.endpoint.estimate(Work::Image, Some(&request.request_id), (0, 0), 1);
        let mut useless = 0;
        self.endpoint.run(&estimate, call, |complaint| {
            useless += u32::from(complaint.is_some());
            let request = reseeded(request, u64::from(useless));
            accept(self.attempt(&request, useless, call)?)
        })
    }

    fn most_references(&self) -> usize {
        let has_place = |n: &usize| mentions(&self.workflow, &format!("reference{n}"));
        (1..=self.references).take_while(has_place).count()
    }

    fn job(&self, request_id: &str) -> Option<String> {
        Some(job_id(request_id, 0))
    }

    fn price(&self) -> Option<Price> {
        self.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let name = self.endpoint.name();
        if let Err(fault) = self.endpoint.ask_quickly("/system_stats", call) {
            let next = "start ComfyUI, or set `base_url` to where it listens";
            return vec![Finding::of_fault(fault, &name, next)];
        }
        let mut findings = vec![Finding::good("server", format!("{name} answers"))];
        if mentions(&self.workflow, "model") {
            let node = "CheckpointLoaderSimple";
            let listed = self.endpoint.ask_quickly(&format!("/object_info/{node}"), call);
            let listed = listed.unwrap_or_default();
            let listed: Vec<String> = listed[node]["input"]["required"]["ckpt_name"][0]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            findings.push(self.endpoint.model_finding(&listed));
        }
        findings
    }

    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        self.endpoint.command("/free", &json!({"unload_models": true, "free_memory": true}), call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_s_number_is_a_uuid_that_depends_on_name_and_attempt_alone() {
        let id = job_id("alice/9/1", 0);
        assert_eq!(id, job_id("alice/9/1", 0));
        assert_ne!(id, job_id("alice/9/1", 1));
        assert_ne!(id, job_id("alice/9/2", 0));
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(id, id.to_lowercase());
        assert_eq!(&id[14..15], "8");
    }

    #[test]
    fn saved_pictures_come_before_previews_and_in_the_order_of_nodes() {
        let image = |name: &str, kind: &str| json!({"filename": name, "type": kind});
        let outputs = json!({
            "10": {"images": [image("late", "output")]},
            "2": {"images": [image("preview", "temp")]},
            "9": {"images": [image("early", "output")]},
            "3": {"text": ["no picture"]},
        });
        let found = pictures(&outputs);
        let names: Vec<&str> = found.iter().filter_map(|i| i["filename"].as_str()).collect();
        assert_eq!(names, ["early", "late", "preview"]);
    }
}
