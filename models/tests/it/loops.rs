//! The retry loop, as seen through an engine: waits, bounds, interrupts, accounts.

use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use models::fakes::Reply;
use models::fakes::replies::{chat, chat_streamed, openai_error};
use models::{
    Admission, Call, CallError, Charged, Estimate, Gate, Limits, LocalGate, Notice, Permit,
    Settlement, StopCause, SystemClock, TextEngine, Work,
};

use crate::play::{Stage, question};

fn good() -> Reply {
    chat(r#"{"n": 3}"#)
}

fn limited() -> Reply {
    openai_error(429, "rate_limit_exceeded", "slow down")
}

/// The waits before the answer, when the first reply is this one.
fn waits_after(reply: Reply) -> Vec<u128> {
    let stage = Stage::script([reply, good()]);
    stage.ask(TextEngine::OpenAi).unwrap();
    stage.waits()
}

#[test]
fn every_form_of_retry_after_is_honoured() {
    assert_eq!(waits_after(limited().header("retry-after", "2")), [2000]);
    assert_eq!(waits_after(limited().header("Retry-After", "0.25")), [250]);
    assert_eq!(waits_after(limited().header("retry-after-ms", "70")), [70]);
    // The fake clock stands at the first second of 2026.
    let date = limited().header("retry-after", "Thu, 01 Jan 2026 00:00:10 GMT");
    assert_eq!(waits_after(date), [10_000]);
    let in_words = "Rate limit reached. Please try again in 1.5s.";
    assert_eq!(waits_after(openai_error(429, "rate_limit_exceeded", in_words)), [1500]);
    let in_body = serde_json::json!({"error": {"code": 429, "message": "slow", "metadata": {"retry_after": 4}}});
    assert_eq!(waits_after(Reply::json(429, &in_body)), [4000]);
    let reset = "2026-01-01T00:00:20Z";
    let used_up = limited()
        .header("anthropic-ratelimit-requests-remaining", "0")
        .header("anthropic-ratelimit-requests-reset", reset);
    assert_eq!(waits_after(used_up), [20_000]);
    assert_eq!(waits_after(limited()), [500], "the back-off where none is given");
}

#[test]
fn passing_faults_are_passed() {
    for status in [408, 409, 429, 500, 502, 503, 504, 529] {
        assert_eq!(waits_after(Reply::status(status, "")), [500], "status {status}");
    }
    assert_eq!(waits_after(good().break_after(5)), [500], "broken in the middle");
    assert_eq!(waits_after(Reply::status(200, "{\"choices\": [")), [500], "half an answer");
}

#[test]
fn attempts_are_bounded_and_the_pauses_double() {
    let stage = Stage::answer(|_| Reply::status(500, "out of order"));
    let error = stage.ask(TextEngine::OpenAi).unwrap_err();
    assert_eq!(error.to_string(), "openai at 127.0.0.1: out of order (HTTP 500) (tried 3 times)");
    assert_eq!(stage.waits(), [500, 1000]);
}

#[test]
fn a_long_wait_is_handed_to_the_caller() {
    let stage = Stage::script([limited().header("retry-after", "3600")]);
    let error = stage.ask(TextEngine::OpenAi).unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert!(stage.waits().is_empty());
}

#[test]
fn the_server_may_forbid_a_retry() {
    let stage = Stage::script([Reply::status(500, "no").header("x-should-retry", "false"), good()]);
    assert!(matches!(stage.ask(TextEngine::OpenAi), Err(CallError::Rejected { .. })));
}

#[test]
fn what_cannot_get_better_stops_at_once() {
    for (reply, expected) in [
        (openai_error(401, "invalid_api_key", "Incorrect API key provided"), StopCause::Key),
        (openai_error(429, "insufficient_quota", "no quota"), StopCause::Credit),
        (Reply::status(402, "pay"), StopCause::Credit),
        (openai_error(404, "model_not_found", "no such model"), StopCause::Model),
        (Reply::status(200, "<html>hello</html>"), StopCause::Setup),
        (Reply::status(301, "").header("location", "http://127.0.0.1:1/v1"), StopCause::Setup),
    ] {
        let stage = Stage::script([reply]);
        let error = stage.ask(TextEngine::OpenAi).unwrap_err();
        assert!(matches!(&error, CallError::Stop { cause, .. } if *cause == expected), "{error}");
        assert!(error.stops_the_run());
        assert_eq!(stage.server.asked().len(), 1);
    }
}

#[test]
fn a_silent_server_is_left_after_the_idle_timeout() {
    for reply in [Reply::silence(), good().stall_after(10)] {
        let mut stage = Stage::script([reply, good()]);
        stage.text.patience.idle_timeout = 0.5;
        assert!(stage.ask(TextEngine::OpenAi).is_ok());
        assert_eq!(stage.gate.settled()[0].charged, Charged::Unknown);
    }
}

#[test]
fn a_slow_answer_is_no_silence() {
    let reply = chat_streamed(r#"{"n": 3}"#).drip(20, Duration::from_millis(60));
    let mut stage = Stage::script([reply]);
    // Over twenty pieces: together longer than the idle timeout, each by far shorter.
    stage.text.patience.idle_timeout = 1.0;
    assert!(stage.ask(TextEngine::LlamaCpp).is_ok());
}

#[test]
fn an_interrupt_is_obeyed_in_the_middle_of_an_answer() {
    for reply in [Reply::silence(), good().stall_after(10)] {
        let stage = Stage::script([reply]);
        let call = stage.call().clock(&SystemClock);
        let model = stage.text_model(TextEngine::OpenAi);
        let result = std::thread::scope(|threads| {
            let asking = threads.spawn(|| model.complete(&question(), &call));
            assert!(stage.server.await_asked(1));
            stage.interrupt.store(true, Ordering::Relaxed);
            asking.join().unwrap()
        });
        assert_eq!(result, Err(CallError::Interrupted));
        assert_eq!(stage.gate.settled()[0].charged, Charged::Unknown);
    }
}

#[test]
fn connections_are_used_again() {
    let stage = Stage::answer(|_| good());
    let model = stage.text_model(TextEngine::OpenAi);
    for _ in 0..5 {
        model.complete(&question(), &stage.call()).unwrap();
    }
    assert_eq!((stage.server.asked().len(), stage.server.connections()), (5, 1));
}

#[test]
fn a_rate_limit_is_waited_for() {
    let stage = Stage::answer(|_| good());
    let limits = Limits { requests_per_minute: Some(2), ..Limits::default() };
    let gate = LocalGate::new(limits, Limits::default());
    let call = Call::new(&stage.interrupt).clock(&stage.clock).gate(&gate);
    let model = stage.text_model(TextEngine::OpenAi);
    for _ in 0..5 {
        model.complete(&question(), &call).unwrap();
    }
    assert_eq!(stage.waits(), [60_000, 60_000], "two a minute, five in the third");
}

#[test]
fn an_interrupt_before_the_call_makes_no_request() {
    let stage = Stage::script([]);
    stage.interrupt.store(true, Ordering::Relaxed);
    assert_eq!(stage.ask(TextEngine::OpenAi), Err(CallError::Interrupted));
    assert!(stage.server.asked().is_empty());
}

#[test]
fn a_deadline_ends_the_call() {
    let stage = Stage::script([Reply::silence()]);
    let call = stage.call().clock(&SystemClock).within(Duration::from_millis(100));
    let error = stage.text_model(TextEngine::OpenAi).complete(&question(), &call).unwrap_err();
    assert!(matches!(error, CallError::Unavailable { .. }), "{error}");
}

#[test]
fn a_failed_call_settles_what_it_was_admitted_for() {
    let stage = Stage::script([limited(), Reply::status(500, ""), good()]);
    stage.ask(TextEngine::OpenAi).unwrap();
    let charged: Vec<Charged> = stage.gate.settled().iter().map(|s| s.charged).collect();
    assert_eq!(charged, [Charged::No, Charged::Unknown, Charged::Yes]);
    let admitted = stage.gate.admitted.lock().unwrap();
    assert_eq!((admitted.len(), admitted[0].work), (3, Work::Text));
    assert!(admitted[0].tokens > 500, "question and longest answer are reserved");
}

#[test]
fn waits_are_told() {
    let stage = Stage::script([limited().header("retry-after", "9"), good()]);
    let told = Mutex::new(Vec::<Notice>::new());
    let notice = |notice: &Notice| told.lock().unwrap().push(notice.clone());
    let call = stage.call().notice(&notice);
    stage.text_model(TextEngine::OpenAi).complete(&question(), &call).unwrap();
    let told = told.lock().unwrap();
    assert_eq!((told[0].pause.as_secs(), told[0].why.as_str()), (9, "slow down (HTTP 429)"));
}

/// A gate that says `wait` twice, then lets pass, then says the budget is used up.
#[derive(Default)]
struct Slow {
    asked: Mutex<u32>,
    held_off: Mutex<Vec<Duration>>,
}

impl Gate for Slow {
    fn admit(&self, _: &Estimate, _: Duration) -> Result<Admission, CallError> {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        match *asked {
            1 | 2 => Ok(Admission::Wait(Duration::from_secs(5))),
            3 => Ok(Admission::Go(Permit(1))),
            _ => Err(CallError::Stop {
                engine: "openai".into(),
                cause: StopCause::Budget,
                what: "the budget of $1.00 is used up".into(),
                next: "go on with a larger `--budget`".into(),
            }),
        }
    }

    fn settle(&self, _: Permit, _: Settlement, _: Duration) {}

    fn hold_off(&self, _: Work, pause: Duration, _: Duration) {
        self.held_off.lock().unwrap().push(pause);
    }
}

#[test]
fn the_gate_is_waited_for_and_its_no_is_final() {
    let stage = Stage::script([limited().header("retry-after", "3")]);
    let gate = Slow::default();
    let call = Call::new(&stage.interrupt).clock(&stage.clock).gate(&gate);
    let error = stage.text_model(TextEngine::OpenAi).complete(&question(), &call).unwrap_err();
    assert!(matches!(error, CallError::Stop { cause: StopCause::Budget, .. }), "{error}");
    assert_eq!(stage.waits(), [5000, 5000, 3000]);
    assert_eq!(*gate.held_off.lock().unwrap(), [Duration::from_secs(3)], "all are told to wait");
}
