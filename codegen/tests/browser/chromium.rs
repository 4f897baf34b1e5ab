//! A headless Chromium, spoken to in the DevTools protocol through a pipe: no port, no driver program.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Names under which Chromium or a browser made of it is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// No update, no sync, no window, no network of its own.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];
/// An answer that takes longer doesn't come.
const PATIENCE: Duration = Duration::from_secs(60);
/// A browser that is told to close and hasn't after this is killed.
const FAREWELL: Duration = Duration::from_secs(5);

/// A browser with one page.
pub(crate) struct Chromium {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    /// The page and the profile; Chromium's temporary files. Both go away with the browser.
    folders: [PathBuf; 2],
    session: Option<String>,
    last: u64,
    /// What was written to the console or thrown.
    complaints: Vec<String>,
    /// What the page wanted to load.
    requests: Vec<String>,
}

/// The browser, if there is one.
fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

impl Chromium {
    /// Opens `page`, a file; `None` where there is no browser, which is said. Where `CI` is `true` that is a failure.
    pub(crate) fn open(name: &str, page: &str) -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "Chromium is needed: cargo xtask doctor");
            println!("skipped: Chromium isn't installed (cargo xtask doctor)");
            return None;
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
        // There is a socket in it, whose path may have 108 bytes: the target folder can be too deep.
        let scratch = std::env::temp_dir().join(format!("keel-browser-{}-{name}", std::process::id()));
        for folder in [&folder, &scratch] {
            let _ = fs::remove_dir_all(folder);
            fs::create_dir_all(folder).unwrap();
        }
        let file = folder.join("page.html");
        fs::write(&file, page).unwrap();
        let mut browser = Self::start(&program, [folder, scratch]);
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        let size = json!({ "width": 1440, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser.call("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        browser.wait_for("document.readyState === 'complete' && location.protocol === 'file:'");
        Some(browser)
    }

    fn start(program: &Path, folders: [PathBuf; 2]) -> Self {
        let [folder, scratch] = &folders;
        // Chromium reads from descriptor 3 and writes to 4; the shell puts ours there.
        let mut command = Command::new("sh");
        command.args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#]).arg(program);
        command.args(FLAGS).arg(format!("--user-data-dir={}", folder.join("profile").display())).arg("about:blank");
        command.env("TMPDIR", scratch);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut message = Vec::new();
            while matches!(output.read_until(0, &mut message), Ok(1..)) {
                let read = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
                if read.is_ok_and(|value| sender.send(value).is_err()) {
                    break;
                }
                message.clear();
            }
        });
        let (complaints, requests) = (Vec::new(), Vec::new());
        Self { child, input, messages, folders, session: None, last: 0, complaints, requests }
    }

    /// Calls a method of the protocol and waits for what it gives back.
    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input.write_all(message.to_string().as_bytes()).unwrap();
        self.input.write_all(&[0]).unwrap();
        loop {
            let mut answer = self.messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.note(&answer);
        }
    }

    /// Keeps what an event complains about or asks for.
    fn note(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(parameters["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") => self.complaints.push(parameters["args"].to_string()),
            Some("Log.entryAdded") => self.complaints.push(parameters["entry"].to_string()),
            Some("Network.requestWillBeSent") => {
                self.requests.push(parameters["request"]["url"].as_str().unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let mut answer = self.call("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    fn wait_for(&mut self, condition: &str) {
        for _ in 0..600 {
            if self.value(condition) == true {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("never: {condition}");
    }

    /// Points at the middle of the first element that `selector` finds.
    pub(crate) fn point_at(&mut self, selector: &str) {
        let middle = self.value(&format!(
            "(() => {{ const it = document.querySelector({selector:?}); it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        let event = json!({ "type": "mouseMoved", "x": middle[0], "y": middle[1] });
        self.call("Input.dispatchMouseEvent", event);
    }

    /// Presses and releases a key that has a name, such as `Tab`.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Types text into what has the focus.
    pub(crate) fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// As a system in dark or light colours.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Where its files are until it is closed.
    pub(crate) fn folders(&self) -> [PathBuf; 2] {
        self.folders.clone()
    }

    /// Lets it tidy up, as long as it answers.
    fn close(&mut self) {
        let told = self.input.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let until = Instant::now() + FAREWELL;
        while told.is_ok() && Instant::now() < until && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the page has complained about, and what it loaded besides itself.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // An answer comes after all events before it.
        self.value("1");
        let other = self.requests.iter().filter(|url| !url.ends_with("/page.html") && !url.starts_with("data:"));
        self.complaints.iter().chain(other).cloned().collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.close();
        let _ = self.child.kill();
        let _ = self.child.wait();
        for folder in &self.folders {
            // The browser's other processes end a little later than it does, and may still write.
            for _ in 0..20 {
                if fs::remove_dir_all(folder).is_ok() && !folder.exists() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
}
