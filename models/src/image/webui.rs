//! Stable Diffusion WebUI (AUTOMATIC1111, Forge) and `sd-server` of stable-diffusion.cpp, which
//! speaks the same and takes reference pictures besides.
//!
//! `[image.extra]` is added to the body: `steps`, `cfg_scale`, `sampler_name`,
//! `alwayson_scripts`, …. A `"%reference1%"` in it becomes the first reference picture in base64,
//! which is how IP-Adapter is fed; a field with a place for a picture that is not given is left
//! out.

use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::error::CallError;
use crate::fault::Fault;
use crate::gate::Work;
use crate::image::{ImageAnswer, ImageModel, ImageRequest, RawPicture, accept, reseeded};
use crate::money::Price;
use crate::picture::{Picture, decode_base64};
use crate::probe::Finding;
use crate::template::{Places, fill, mentions};

/// A Stable Diffusion server.
#[derive(Debug)]
pub(crate) struct WebUi {
    pub endpoint: Endpoint,
    pub references: usize,
    pub extra: Map<String, Value>,
    /// `sd-server` takes references in `extra_images`, and has its own routes to look around.
    pub is_sd_server: bool,
}

impl WebUi {
    fn body(&self, request: &ImageRequest) -> Value {
        let references = &request.references[..request.references.len().min(self.references)];
        let mut body = json!({
            "prompt": request.prompt,
            "negative_prompt": request.negative,
            "width": in_steps_of_8(request.width),
            "height": in_steps_of_8(request.height),
            "seed": request.seed.map_or(-1, |seed| i64::from(seed as u32)),
            "batch_size": 1,
            "n_iter": 1,
            "send_images": true,
            "save_images": false,
        });
        if !self.endpoint.model.is_empty() && !self.is_sd_server {
            body["override_settings"] = json!({"sd_model_checkpoint": self.endpoint.model});
            // Loading a checkpoint takes long; the next picture wants the same one.
            body["override_settings_restore_afterwards"] = json!(false);
        }
        if self.is_sd_server && !references.is_empty() {
            body["extra_images"] = references.iter().map(Picture::to_base64).collect();
        }
        let places: Places = references
            .iter()
            .enumerate()
            .map(|(n, picture)| (format!("reference{}", n + 1), json!(picture.to_base64())))
            .collect();
        for (name, value) in &self.extra {
            let unfilled =
                (1..=16).map(|n| format!("reference{n}")).filter(|n| !places.contains_key(n));
            if !unfilled.into_iter().any(|name| mentions(value, &name)) {
                body[name] = fill(value, &places);
            }
        }
        body
    }

    fn read(&self, answer: &Value, request: &ImageRequest) -> Result<RawPicture, Fault> {
        let usage = self.endpoint.bill((0, 0), 1, None);
        let Some(first) = answer["images"][0].as_str() else {
            return Err(Fault::useless("no picture in the answer", usage));
        };
        let bytes = decode_base64(first).map_err(|why| Fault::useless(why, usage))?;
        // `info` is JSON within a string, and empty with sd-server.
        let info: Value =
            answer["info"].as_str().and_then(|i| serde_json::from_str(i).ok()).unwrap_or_default();
        let seed = info["seed"].as_u64().or(request.seed);
        Ok(RawPicture { bytes, seed, revised_prompt: None, usage })
    }

    fn start_it(&self) -> &'static str {
        if self.is_sd_server {
            "start `sd-server`, or set `base_url` to where it listens"
        } else {
            "start the WebUI with `--api`, or set `base_url` to where it listens"
        }
    }
}

/// Stable Diffusion draws in blocks of eight pixels.
fn in_steps_of_8(side: u32) -> u32 {
    (side / 8).clamp(8, 2048) * 8
}

impl ImageModel for WebUi {
    fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> Result<ImageAnswer, CallError> {
        let estimate = self.endpoint.estimate(Work::Image, Some(&request.request_id), (0, 0), 1);
        let mut useless = 0;
        self.endpoint.run(&estimate, call, |complaint| {
            useless += u64::from(complaint.is_some());
            let request = reseeded(request, useless);
            let answer = self.endpoint.post("/sdapi/v1/txt2img", &self.body(&request), call)?;
            accept(self.read(&answer, &request)?)
        })
    }

    fn most_references(&self) -> usize {
        if self.is_sd_server {
            return self.references;
        }
        let has_place = |n: &usize| {
            let name = format!("reference{n}");
            self.extra.values().any(|value| mentions(value, &name))
        };
        (1..=self.references).take_while(has_place).count()
    }

    fn price(&self) -> Option<Price> {
        self.endpoint.price
    }

    fn probe(&self, call: &Call<'_>) -> Vec<Finding> {
        let name = self.endpoint.name();
        let path = if self.is_sd_server { "/sdcpp/v1/capabilities" } else { "/sdapi/v1/sd-models" };
        let answer = match self.endpoint.ask_quickly(path, call) {
            Ok(answer) => answer,
            Err(fault) => return vec![Finding::of_fault(fault, &name, self.start_it())],
        };
        let server = Finding::good("server", format!("{name} answers"));
        if self.is_sd_server {
            return vec![server];
        }
        let listed: Vec<String> = answer
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|model| [&model["title"], &model["model_name"]])
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let model = if self.endpoint.model.is_empty() {
            Finding::good("model", "the one that is loaded")
        } else {
            self.endpoint.model_finding(&listed)
        };
        vec![server, model]
    }

    fn unload(&self, call: &Call<'_>) -> Result<(), CallError> {
        if self.is_sd_server {
            return Ok(());
        }
        self.endpoint.command("/sdapi/v1/unload-checkpoint", &json!({}), call)
    }
}
