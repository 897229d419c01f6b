//! str0m behind the command line of the foreign peers, see ../README.md.

use std::collections::{HashMap, VecDeque};
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId, Reliability};
use str0m::config::DtlsVersion;
use str0m::crypto::from_feature_flags;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};

type Failure = Box<dyn std::error::Error>;

struct Options {
    values: HashMap<String, String>,
}

impl Options {
    fn parse() -> Result<Options, Failure> {
        let mut values = HashMap::new();
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let name = name.strip_prefix("--").ok_or("options start with --")?.to_string();
            if name == "loopback" {
                values.insert(name, "true".into());
            } else {
                let value = arguments.next().ok_or(format!("--{name} needs a value"))?;
                values.insert(name, value);
            }
        }
        Ok(Options { values })
    }

    fn text(&self, name: &str, default: &str) -> String {
        self.values.get(name).cloned().unwrap_or(default.into())
    }

    fn number(&self, name: &str, default: f64) -> f64 {
        self.values.get(name).and_then(|v| v.parse().ok()).unwrap_or(default)
    }
}

fn cpu_seconds() -> f64 {
    // SAFETY: getrusage fills the structure it is given.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

fn rss_kb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .and_then(|l| l.split_whitespace().nth(1))
        .and_then(|v| v.parse().ok())
        .unwrap_or(0.0)
}

fn finish(mut values: Value) -> ! {
    values["ok"] = json!(true);
    values["cpuSeconds"] = json!(cpu_seconds());
    values["rssKb"] = json!(rss_kb());
    println!("{values}");
    std::process::exit(0)
}

/// One connection with its socket; `poll` and `receive` move it on.
struct Peer {
    rtc: Rtc,
    socket: UdpSocket,
    local: SocketAddr,
    events: VecDeque<Event>,
    buffer: Vec<u8>,
    next: Instant,
}

impl Peer {
    fn new(options: &Options) -> Result<Peer, Failure> {
        let host = if options.values.contains_key("loopback") || options.text("mode", "") == "pairs" {
            "127.0.0.1".parse()?
        } else {
            // The source address of the default route; nothing is sent.
            let probe = UdpSocket::bind("0.0.0.0:0")?;
            match probe.connect("192.0.2.1:9") {
                Ok(()) => probe.local_addr()?.ip(),
                Err(_) => "127.0.0.1".parse()?,
            }
        };
        let socket = UdpSocket::bind(SocketAddr::new(host, 0))?;
        let local = socket.local_addr()?;
        let version = match options.text("dtls", "1.2").as_str() {
            "1.2" => DtlsVersion::Dtls12,
            "1.3" => DtlsVersion::Dtls13,
            other => return Err(format!("--dtls {other}, expected 1.2 or 1.3").into()),
        };
        let mut rtc = Rtc::builder().set_dtls_version(version).build(Instant::now());
        rtc.add_local_candidate(Candidate::host(local, "udp")?);
        Ok(Peer { rtc, socket, local, events: VecDeque::new(), buffer: vec![0; 65_536], next: Instant::now() })
    }

    /// Sends what there is to send and collects events.
    fn poll(&mut self) -> Result<(), Failure> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.next = at;
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    // A full socket buffer loses the packet, as any network may.
                    let _ = self.socket.send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(event) => self.events.push_back(event),
            }
        }
    }

    /// Takes one packet, waiting at most `wait` and not past the next timeout; false without one.
    fn receive(&mut self, wait: Duration) -> Result<bool, Failure> {
        let until = self.next.saturating_duration_since(Instant::now()).min(wait);
        if until.is_zero() {
            self.socket.set_nonblocking(true)?;
        } else {
            self.socket.set_nonblocking(false)?;
            self.socket.set_read_timeout(Some(until.max(Duration::from_micros(100))))?;
        }
        let received = match self.socket.recv_from(&mut self.buffer) {
            Ok((n, source)) => {
                if let Ok(contents) = self.buffer[..n].try_into() {
                    self.rtc.handle_input(Input::Receive(
                        Instant::now(),
                        Receive { proto: Protocol::Udp, source, destination: self.local, contents },
                    ))?;
                }
                true
            }
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::ConnectionRefused) => false,
            Err(e) => return Err(e.into()),
        };
        if Instant::now() >= self.next {
            self.rtc.handle_input(Input::Timeout(Instant::now()))?;
        }
        Ok(received)
    }

    fn send(&mut self, id: ChannelId, binary: bool, data: &[u8]) -> Result<bool, Failure> {
        match self.rtc.channel(id) {
            Some(mut channel) => Ok(channel.write(binary, data)?),
            None => Ok(false),
        }
    }
}

fn write_signal(options: &Options, name: &str, kind: &str, sdp: String) -> Result<(), Failure> {
    let target = PathBuf::from(options.text("signal", ".")).join(name);
    let part = target.with_extension("part");
    std::fs::write(&part, json!({"type": kind, "sdp": sdp}).to_string())?;
    Ok(std::fs::rename(part, target)?)
}

fn read_signal(options: &Options, name: &str) -> Result<String, Failure> {
    let target = PathBuf::from(options.text("signal", ".")).join(name);
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        if let Ok(text) = std::fs::read_to_string(&target) {
            let value: Value = serde_json::from_str(&text)?;
            return Ok(value["sdp"].as_str().ok_or("no sdp")?.to_string());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err(format!("no {} after 60 s", target.display()).into())
}

fn config(open: &Value) -> ChannelConfig {
    let number = |name: &str| open[name].as_u64().map(|v| v as u16);
    ChannelConfig {
        label: open["label"].as_str().unwrap_or("").into(),
        ordered: open["ordered"].as_bool().unwrap_or(true),
        reliability: match (number("maxRetransmits"), number("maxPacketLifeTime")) {
            (Some(retransmits), _) => Reliability::MaxRetransmits { retransmits },
            (_, Some(lifetime)) => Reliability::MaxPacketLifetime { lifetime },
            _ => Reliability::Reliable,
        },
        negotiated: if open["negotiated"].as_bool() == Some(true) { number("id") } else { None },
        protocol: open["protocol"].as_str().unwrap_or("").into(),
    }
}

fn quantiles(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    json!({"p50Us": times[times.len() / 2], "p99Us": times[times.len() * 99 / 100]})
}

fn connect_pair(options: &Options) -> Result<(Peer, Peer), Failure> {
    let mut a = Peer::new(options)?;
    let mut b = Peer::new(options)?;
    let mut change = a.rtc.sdp_api();
    change.add_channel("bulk".into());
    let (offer, pending) = change.apply().ok_or("no offer")?;
    let answer = b.rtc.sdp_api().accept_offer(offer)?;
    a.rtc.sdp_api().accept_answer(pending, answer)?;
    let mut open = 0;
    while open < 2 {
        for peer in [&mut a, &mut b] {
            peer.poll()?;
            while let Some(event) = peer.events.pop_front() {
                if matches!(event, Event::ChannelOpen(..)) {
                    open += 1;
                }
            }
        }
        let wait = a.next.min(b.next).saturating_duration_since(Instant::now());
        if !a.receive(Duration::ZERO)? && !b.receive(Duration::ZERO)? && !wait.is_zero() {
            std::thread::yield_now();
        }
    }
    Ok((a, b))
}

fn pairs(options: &Options) -> Result<(), Failure> {
    let count = options.number("count", 100.0) as usize;
    let warm = count / 5;
    let mut times = Vec::new();
    let mut cpu_before = 0.0;
    for i in 0..count + warm {
        if i == warm {
            cpu_before = cpu_seconds();
        }
        let start = Instant::now();
        let pair = connect_pair(options)?;
        if i >= warm {
            times.push(start.elapsed().as_secs_f64() * 1e6);
        }
        drop(pair);
    }
    let mut values = quantiles(times);
    values["cpuMsPerPair"] = json!((cpu_seconds() - cpu_before) / count as f64 * 1e3);
    finish(values)
}

fn idle(options: &Options) -> Result<(), Failure> {
    let count = options.number("count", 100.0) as usize;
    let mut held = Vec::new();
    for _ in 0..20 {
        held.push(connect_pair(options)?);
    }
    for (a, b) in &mut held {
        // The read buffer is the test's, not the library's.
        a.buffer = Vec::new();
        b.buffer = Vec::new();
    }
    let before = rss_kb();
    for _ in 0..count {
        let (mut a, mut b) = connect_pair(options)?;
        a.buffer = Vec::new();
        b.buffer = Vec::new();
        held.push((a, b));
    }
    finish(json!({"kbPerConnection": (rss_kb() - before) / (2 * count) as f64}))
}

/// What the program does once channels are open.
struct Activity {
    mode: String,
    size: usize,
    bytes: u64,
    seconds: f64,
    count: usize,
    began: Option<Instant>,
    moved: u64,
    second: u64,
    per_second: Vec<f64>,
    echoes: HashMap<ChannelId, VecDeque<(bool, Vec<u8>)>>,
    labels: HashMap<ChannelId, String>,
    bulk: Option<ChannelId>,
    connect_ms: f64,
    done_sent: bool,
    leave_at: Option<(Instant, Value)>,
    pinged: Option<Instant>,
    times: Vec<f64>,
    message: Vec<u8>,
}

impl Activity {
    fn opened(&mut self, id: ChannelId, label: String, start: Instant) {
        if label == "bulk" {
            self.bulk = Some(id);
            self.connect_ms = start.elapsed().as_secs_f64() * 1e3;
        }
        self.labels.insert(id, label);
    }

    fn received(&mut self, peer: &mut Peer, id: ChannelId, binary: bool, data: Vec<u8>) -> Result<(), Failure> {
        match self.mode.as_str() {
            "echo" if self.labels.get(&id).is_some_and(|l| l == "control") => {
                if data == b"exit" {
                    finish(json!({}));
                }
                let command: Value = serde_json::from_slice(&data)?;
                peer.rtc.direct_api().create_data_channel(config(&command["open"]));
            }
            "echo" => self.echoes.entry(id).or_default().push_back((binary, data)),
            "source" if data == b"ok" => {
                let seconds = self.began.map_or(0.0, |b| b.elapsed().as_secs_f64());
                finish(json!({"connectMs": self.connect_ms, "bytes": self.moved, "seconds": seconds,
                    "mbps": self.moved as f64 * 8e-6 / seconds}));
            }
            "sink" => {
                let began = *self.began.get_or_insert_with(Instant::now);
                if !binary && data == b"done" {
                    let seconds = began.elapsed().as_secs_f64();
                    peer.send(id, false, b"ok")?;
                    let values = json!({"connectMs": self.connect_ms, "bytes": self.moved, "seconds": seconds,
                        "mbps": self.moved as f64 * 8e-6 / seconds, "perSecond": self.per_second});
                    self.leave_at = Some((Instant::now() + Duration::from_millis(300), values));
                    return Ok(());
                }
                self.moved += data.len() as u64;
                while self.per_second.len() < began.elapsed().as_secs() as usize {
                    self.per_second.push((self.moved - self.second) as f64 * 8e-6);
                    self.second = self.moved;
                }
            }
            "ping" => {
                if let Some(start) = self.pinged.take() {
                    self.times.push(start.elapsed().as_secs_f64() * 1e6);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Does what can be done now; true when something was sent.
    fn advance(&mut self, peer: &mut Peer) -> Result<bool, Failure> {
        if let Some((at, values)) = &self.leave_at {
            if Instant::now() >= *at {
                finish(values.clone());
            }
        }
        let mut sent = false;
        for (id, queue) in &mut self.echoes {
            while let Some((binary, data)) = queue.front() {
                if !peer.send(*id, *binary, data)? {
                    break;
                }
                queue.pop_front();
                sent = true;
            }
        }
        let Some(bulk) = self.bulk else { return Ok(sent) };
        match self.mode.as_str() {
            "source" if !self.done_sent => {
                let began = *self.began.get_or_insert_with(Instant::now);
                loop {
                    let over = if self.seconds > 0.0 {
                        began.elapsed().as_secs_f64() >= self.seconds
                    } else {
                        self.moved >= self.bytes
                    };
                    if over {
                        self.done_sent = peer.send(bulk, false, b"done")?;
                        return Ok(self.done_sent);
                    }
                    if !peer.send(bulk, true, &self.message)? {
                        return Ok(sent);
                    }
                    self.moved += self.size as u64;
                    sent = true;
                }
            }
            "ping" if self.pinged.is_none() => {
                if self.times.len() >= self.count + self.count / 10 {
                    let mut values = quantiles(self.times.split_off(self.count / 10));
                    values["connectMs"] = json!(self.connect_ms);
                    finish(values);
                }
                self.pinged = Some(Instant::now());
                sent = peer.send(bulk, true, &self.message)?;
            }
            _ => {}
        }
        Ok(sent)
    }
}

fn run() -> Result<(), Failure> {
    from_feature_flags().install_process_default();
    let options = Options::parse()?;
    let mode = options.text("mode", "echo");
    match mode.as_str() {
        "pairs" => return pairs(&options),
        "idle" => return idle(&options),
        _ => {}
    }
    let mut peer = Peer::new(&options)?;
    let mut start = Instant::now();
    if options.text("role", "answer") == "offer" {
        let mut change = peer.rtc.sdp_api();
        change.add_channel("bulk".into());
        let (offer, pending): (SdpOffer, SdpPendingOffer) = change.apply().ok_or("no offer")?;
        write_signal(&options, "offer.json", "offer", offer.to_sdp_string())?;
        let answer = SdpAnswer::from_sdp_string(&read_signal(&options, "answer.json")?)?;
        start = Instant::now();
        peer.rtc.sdp_api().accept_answer(pending, answer)?;
    } else {
        let offer = SdpOffer::from_sdp_string(&read_signal(&options, "offer.json")?)?;
        start = start.max(Instant::now());
        let answer = peer.rtc.sdp_api().accept_offer(offer)?;
        write_signal(&options, "answer.json", "answer", answer.to_sdp_string())?;
    }
    let size = options.number("size", 65_536.0) as usize;
    let mut activity = Activity {
        mode,
        size,
        bytes: options.number("bytes", 0.0) as u64,
        seconds: options.number("seconds", 0.0),
        count: options.number("count", 1_000.0) as usize,
        began: None,
        moved: 0,
        second: 0,
        per_second: Vec::new(),
        echoes: HashMap::new(),
        labels: HashMap::new(),
        bulk: None,
        connect_ms: 0.0,
        done_sent: false,
        leave_at: None,
        pinged: None,
        times: Vec::new(),
        message: vec![0; size],
    };
    loop {
        peer.poll()?;
        while let Some(event) = peer.events.pop_front() {
            match event {
                Event::ChannelOpen(id, label) => activity.opened(id, label, start),
                Event::ChannelData(data) => activity.received(&mut peer, data.id, data.binary, data.data)?,
                Event::IceConnectionStateChange(IceConnectionState::Disconnected) => {
                    if let Some((_, values)) = activity.leave_at.take() {
                        finish(values);
                    }
                    return Err("disconnected".into());
                }
                _ => {}
            }
        }
        if !peer.rtc.is_alive() {
            if let Some((_, values)) = activity.leave_at.take() {
                finish(values);
            }
            return Err("connection closed".into());
        }
        let sent = activity.advance(&mut peer)?;
        peer.poll()?;
        // A burst of packets is taken without waiting, so that events are handled in between only.
        let mut wait = if sent { Duration::ZERO } else { Duration::from_millis(20) };
        for _ in 0..16 {
            if !peer.events.is_empty() || !peer.receive(wait)? {
                break;
            }
            peer.poll()?;
            wait = Duration::ZERO;
        }
    }
}

fn main() {
    if let Err(failure) = run() {
        eprintln!("{failure}");
        std::process::exit(1);
    }
}
