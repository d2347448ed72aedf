//! One server, its address and its key, and the exchange of JSON with it.
//!
//! Invariant: the key goes to the configured host and to no other; every fault is cleaned of the
//! key before it leaves this module's loop.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use ureq::http::uri::Scheme;
use ureq::http::{HeaderMap, Method, Uri};

use crate::base_url::BaseUrl;
use crate::call::Call;
use crate::error::{CallError, StopCause};
use crate::fault::{Fault, Kind, verdict};
use crate::gate::{Charged, Estimate, Usage, Work};
use crate::http::{HeaderText, Http, HttpFault, Reply, Request};
use crate::money::Price;
use crate::report::{Report, excerpt};
use crate::retry::{self, Answered, Policy};
use crate::secret::Secret;
use crate::sse;

/// How a server wants its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyStyle {
    /// `Authorization: Bearer KEY`
    Bearer,
    /// A header of its own.
    Header(&'static str),
    /// `Authorization: Basic`, the key being `user:password`.
    Basic,
}

/// One server with everything a call to it needs.
#[derive(Debug)]
pub(crate) struct Endpoint {
    /// Engine as in the configuration.
    pub kind: &'static str,
    pub base: BaseUrl,
    pub key: Secret,
    pub key_style: KeyStyle,
    /// Headers that go with every request.
    pub headers: Vec<(&'static str, String)>,
    pub model: String,
    pub policy: Policy,
    pub price: Option<Price>,
    pub http: Http,
}

impl Endpoint {
    /// Engine and host, as errors name them.
    pub fn name(&self) -> String {
        format!("{} at {}", self.kind, self.base.host())
    }

    /// Runs `attempt` in the retry loop; see [`retry::run`].
    pub fn run<T>(
        &self,
        estimate: &Estimate,
        call: &Call<'_>,
        mut attempt: impl FnMut(Option<&str>) -> Result<Answered<T>, Fault>,
    ) -> Result<T, CallError> {
        retry::run(&self.policy, estimate, &self.name(), call, |complaint| {
            attempt(complaint).map_err(|fault| fault.without(&self.key))
        })
    }

    /// What a request is going to take, for the gate.
    pub fn estimate(
        &self,
        work: Work,
        request_id: Option<&str>,
        (input, output): (u64, u64),
        pictures: u32,
    ) -> Estimate {
        Estimate {
            work,
            engine: self.kind.to_owned(),
            model: self.model.clone(),
            request_id: request_id.map(str::to_owned),
            tokens: input.saturating_add(output),
            pictures,
            cost: self.price.map(|price| price.of(input, output, pictures)),
        }
    }

    /// The bill of an answer: the server's own, or one from the price table.
    pub fn bill(&self, (input, output): (u64, u64), pictures: u32, told: Option<f64>) -> Usage {
        let cost = told
            .map(crate::money::Usd::from_dollars)
            .or_else(|| self.price.map(|price| price.bill(input, output, pictures)));
        Usage { input_tokens: input, output_tokens: output, pictures, cost }
    }

    pub fn post(&self, path: &str, body: &Value, call: &Call<'_>) -> Result<Value, Fault> {
        let bytes = body.to_string().into_bytes();
        self.post_bytes(path, "application/json", bytes, call)
    }

    pub fn post_bytes(
        &self,
        path: &str,
        content_type: &str,
        bytes: Vec<u8>,
        call: &Call<'_>,
    ) -> Result<Value, Fault> {
        let body = Some((content_type.to_owned(), bytes));
        let reply = self.send(Method::POST, path, body, call)?;
        self.json(&reply, call)
    }

    /// Posts JSON and reads a chat answer, streamed or not, as the server likes it.
    pub fn post_chat(&self, path: &str, body: &Value, call: &Call<'_>) -> Result<Value, Fault> {
        let bytes = body.to_string().into_bytes();
        let body = Some(("application/json".to_owned(), bytes));
        let reply = self.send(Method::POST, path, body, call)?;
        let kind = reply.headers.get("content-type").and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            return self.json(&reply, call);
        }
        let Some(answer) = sse::whole(&reply.body) else {
            return Err(Fault::lost("the answer broke off".to_owned()));
        };
        self.unless_error(answer, &reply, call)
    }

    /// Posts JSON and reads an answer of many JSON values, one a line, as it is streamed.
    pub fn post_for_lines(
        &self,
        path: &str,
        body: &Value,
        call: &Call<'_>,
    ) -> Result<Vec<Value>, Fault> {
        let bytes = body.to_string().into_bytes();
        let body = Some(("application/json".to_owned(), bytes));
        let reply = self.send(Method::POST, path, body, call)?;
        let lines = reply.body.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| self.value(line, &reply, call)).collect()
    }

    /// Posts a command whose answer says nothing.
    pub fn command(&self, path: &str, body: &Value, call: &Call<'_>) -> Result<(), CallError> {
        let body = Some(("application/json".to_owned(), body.to_string().into_bytes()));
        match self.send(Method::POST, path, body, &call.within(PATIENCE)) {
            Ok(_) => Ok(()),
            Err(fault) => Err(fault.without(&self.key).into_error(&self.name())),
        }
    }

    pub fn get(&self, path: &str, call: &Call<'_>) -> Result<Value, Fault> {
        let reply = self.send(Method::GET, path, None, call)?;
        self.json(&reply, call)
    }

    pub fn get_bytes(&self, path: &str, call: &Call<'_>) -> Result<Vec<u8>, Fault> {
        Ok(self.send(Method::GET, path, None, call)?.body)
    }

    /// A question for `doctor`: one attempt, ten seconds.
    pub fn ask_quickly(&self, path: &str, call: &Call<'_>) -> Result<Value, Fault> {
        self.get(path, &call.within(PATIENCE)).map_err(|fault| fault.without(&self.key))
    }

    /// The same, of a route that lies beside `/v1` and not under it.
    pub fn ask_beside(&self, path: &str, call: &Call<'_>) -> Option<Value> {
        let beside = self.base.clone().without("/v1");
        let call = call.within(PATIENCE);
        let reply = self.reply_of(Method::GET, beside.join(path), None, &call).ok()?;
        self.json(&reply, &call).ok().filter(|_| reply.status == 200)
    }

    /// Fetches a picture from a link in an answer: over https from a public address, or from the server
    /// itself, and never with the key.
    pub fn fetch_link(&self, url: &str, call: &Call<'_>) -> Result<Vec<u8>, Fault> {
        let link = url.parse::<Uri>().ok();
        let host = link.as_ref().and_then(Uri::host).map(str::to_lowercase);
        let own = host.as_deref() == Some(self.base.host());
        let https = link.as_ref().and_then(Uri::scheme) == Some(&Scheme::HTTPS);
        let useless = |what: String| Fault::useless(what, self.bill((0, 0), 1, None));
        if !own && !https {
            return Err(useless("a link to the picture that is not https".to_owned()));
        }
        let request = Request {
            method: Method::GET,
            url: url.to_owned(),
            headers: Vec::new(),
            body: None,
            // A server of this house may keep its pictures in the house.
            is_link: https && !(own && self.base.is_private()),
        };
        let reply = match self.http.exchange(request, call) {
            Err(HttpFault::Forbidden) => {
                return Err(useless(
                    "a link to the picture that leads to no public address".to_owned(),
                ));
            }
            other => other.map_err(|fault| self.fault(fault))?,
        };
        match reply.status {
            200 => Ok(reply.body),
            status => Err(useless(format!("the link to the picture is dead (HTTP {status})"))),
        }
    }

    /// One exchange; any status but success becomes a fault.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(String, Vec<u8>)>,
        call: &Call<'_>,
    ) -> Result<Reply, Fault> {
        let reply = self.reply(method, path, body, call)?;
        if (200..300).contains(&reply.status) {
            return Ok(reply);
        }
        let report = Report::of(&reply.body);
        Err(self.judge(&reply, report, call))
    }

    /// One exchange, whatever its status.
    pub fn reply(
        &self,
        method: Method,
        path: &str,
        body: Option<(String, Vec<u8>)>,
        call: &Call<'_>,
    ) -> Result<Reply, Fault> {
        self.reply_of(method, self.base.join(path), body, call)
    }

    fn reply_of(
        &self,
        method: Method,
        url: String,
        body: Option<(String, Vec<u8>)>,
        call: &Call<'_>,
    ) -> Result<Reply, Fault> {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (*name, HeaderText::Plain(value.clone())))
            .collect();
        headers.extend(self.key_header());
        let request = Request { method, url, headers, body, is_link: false };
        self.http.exchange(request, call).map_err(|fault| self.fault(fault))
    }

    fn fault(&self, fault: HttpFault) -> Fault {
        let passing = |what| Kind::Passing { what, after: None, overloaded: false };
        match fault {
            HttpFault::NotSent(what) => Fault::free(passing(what)),
            HttpFault::Lost(what) => Fault::lost(what),
            HttpFault::Impossible(what) => Fault::stop(
                &self.name(),
                StopCause::Setup,
                excerpt(&what),
                "check `base_url` and the proxy settings",
            ),
            HttpFault::Deadline => {
                let (engine, what) = (self.name(), "no answer in time".to_owned());
                let error = CallError::Unavailable { engine, what, attempts: 1 };
                Fault { charged: Charged::Unknown, ..error.into() }
            }
            HttpFault::Forbidden => Fault::lost("an address that may not be called".to_owned()),
            HttpFault::Interrupted => CallError::Interrupted.into(),
        }
    }

    fn key_header(&self) -> Option<(&'static str, HeaderText)> {
        let key = self.key.expose()?;
        Some(match self.key_style {
            KeyStyle::Bearer => ("authorization", HeaderText::Key("Bearer ", self.key.clone())),
            KeyStyle::Header(name) => (name, HeaderText::Key("", self.key.clone())),
            KeyStyle::Basic => {
                let pair = Secret::new(&STANDARD.encode(key));
                ("authorization", HeaderText::Key("Basic ", pair))
            }
        })
    }

    /// The JSON of an answer; an `error` in it counts, whatever the status said.
    fn json(&self, reply: &Reply, call: &Call<'_>) -> Result<Value, Fault> {
        self.value(&reply.body, reply, call)
    }

    fn value(&self, bytes: &[u8], reply: &Reply, call: &Call<'_>) -> Result<Value, Fault> {
        let value: Value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(_) if bytes.trim_ascii_start().starts_with(b"<") => {
                return Err(Fault::stop(
                    &self.name(),
                    StopCause::Setup,
                    "a web page instead of an answer",
                    "check `base_url`; most servers want it to end in `/v1`",
                ));
            }
            Err(error) => return Err(Fault::lost(format!("the answer is not JSON ({error})"))),
        };
        self.unless_error(value, reply, call)
    }

    fn unless_error(&self, value: Value, reply: &Reply, call: &Call<'_>) -> Result<Value, Fault> {
        match value.get("error") {
            None | Some(Value::Null) => Ok(value),
            Some(_) => Err(self.judge(reply, Report::of_json(&value), call)),
        }
    }

    /// The verdict on a complaint inside an answer that came with status 200.
    pub fn judge_value(&self, value: &Value, call: &Call<'_>) -> Fault {
        let reply = Reply { status: 200, headers: HeaderMap::new(), body: Vec::new() };
        self.judge(&reply, Report::of_json(value), call)
    }

    pub fn judge(&self, reply: &Reply, report: Report, call: &Call<'_>) -> Fault {
        verdict(&self.name(), reply, report, call.clock.wall())
    }
}

/// How long a question that is no call may take: `doctor`, unloading.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
