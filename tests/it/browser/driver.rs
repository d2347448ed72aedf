//! A real browser, driven over the WebDriver protocol.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// No condition of a page is waited for any longer.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often one is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// A browser window.
pub struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
}

impl Browser {
    /// A window of this size; `None`, with a word, where no driver is named.
    pub fn open(width: u32, height: u32) -> Option<Self> {
        let Some(program) = std::env::var_os("WOODCUT_CHROMEDRIVER") else {
            println!("skipped: WOODCUT_CHROMEDRIVER does not name chromedriver");
            return None;
        };
        let mut driver = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            let port = line.split("successfully on port ").nth(1)?;
            Some(port.trim_end_matches('.').to_owned())
        });
        // What it says later is of no interest, but somebody has to take it.
        std::thread::spawn(move || lines.for_each(drop));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .new_agent();
        let at = format!("http://127.0.0.1:{}", port.expect("chromedriver says its port"));
        let mut browser = Self { driver, agent, session: format!("{at}/session") };
        let size = format!("--window-size={width},{height}");
        let arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", &size];
        let options = json!({ "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let begun = browser.call("", &wanted);
        let id = begun["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{at}/session/{id}");
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        browser.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        Some(browser)
    }

    fn call(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let answer = self.agent.post(&url).send_json(body);
        let mut answer = answer.expect("chromedriver answers");
        let value: Value = answer.body_mut().read_json().expect("an answer in JSON");
        assert!(value["value"]["error"].is_null(), "{path}: {value}");
        value["value"].clone()
    }

    fn devtools(&self, command: &str, parameters: &Value) {
        self.call("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// Shows the page as people see it who like it dark.
    pub fn dark(&self) {
        let dark = json!({ "name": "prefers-color-scheme", "value": "dark" });
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": [dark] }));
    }

    /// Goes to an address.
    pub fn go(&self, url: &str) {
        self.call("/url", &json!({ "url": url }));
    }

    /// What a script returns.
    pub fn get(&self, script: &str) -> Value {
        self.call("/execute/sync", &json!({ "script": format!("return {script}"), "args": [] }))
    }

    /// Waits until an expression is true on the page.
    pub fn wait(&self, condition: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.get(&format!("Boolean({condition})")) != json!(true) {
            let page = || self.get("document.querySelector('main').innerText");
            assert!(Instant::now() < deadline, "never: {condition}\n{}", page());
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until an element is there, and clicks it.
    pub fn click(&self, selector: &str) {
        self.wait(&format!("document.querySelector({selector:?})?.checkVisibility()"));
        self.get(&format!("document.querySelector({selector:?}).click()"));
    }

    /// Presses a key where the focus is.
    pub fn press(&self, key: &str) {
        let strokes =
            json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        self.call("/actions", &json!({ "actions": [keyboard] }));
    }

    /// What the console has complained of since last asked.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.call("/se/log", &json!({ "type": "browser" }));
        let entries = log.as_array().expect("a list").iter();
        let severe = entries.filter(|entry| entry["level"] == "SEVERE");
        severe.map(ToString::to_string).collect()
    }

    /// What axe, a checker of accessibility, finds wrong.
    pub fn barriers(&self) -> Vec<String> {
        // What is still fading in has not the colours it will have.
        self.wait("document.getAnimations().every((one) => one.playState !== 'running')");
        let file = std::env::var_os("WOODCUT_AXE").expect("WOODCUT_AXE names axe.min.js");
        let axe = std::fs::read_to_string(file).expect("axe.min.js");
        let script = format!(
            "{axe}; const done = arguments[arguments.length - 1]; \
             const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']; \
             axe.run(document, {{ runOnly: tags }}).then( \
                 (found) => done(found.violations.map((v) => v.id + ': ' + v.help + ' ' + \
                     v.nodes.slice(0, 3).map((n) => n.html + ' ' + n.failureSummary).join(' | '))), \
                 (error) => done([String(error)]));"
        );
        let found = self.call("/execute/async", &json!({ "script": script, "args": [] }));
        let found = found.as_array().expect("a list").iter();
        found.map(|barrier| barrier.as_str().unwrap_or_default().to_owned()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver takes the browser with it when it is asked to end the session first.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
