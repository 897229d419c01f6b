"""GStreamer's webrtcbin behind the command line of the foreign peers, see ../README.md."""

import argparse
import array
import json
import os
import pathlib
import re
import resource
import sys
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from tone import FRAMES_PER_SECOND, HEIGHT, TONE_HZ, WIDTH, Ear  # noqa: E402

RATE = 48_000
PROFILE = "42e01f"

parser = argparse.ArgumentParser()
parser.add_argument("--role", default="answer")
parser.add_argument("--signal", default=".")
parser.add_argument("--mode", default="echo", choices=["echo", "play"])
parser.add_argument("--audio", default="")
parser.add_argument("--video", default="")
options = parser.parse_args()

ENCODERS = {
    "opus": "opusenc ! rtpopuspay pt={0}",
    "PCMU": "audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay pt={0}",
    "PCMA": "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay pt={0}",
    "G722": "audio/x-raw,rate=16000,channels=1 ! avenc_g722 ! rtpg722pay pt={0}",
    "VP8": "vp8enc deadline=1 cpu-used=8 target-bitrate=300000 ! rtpvp8pay picture-id-mode=15-bit pt={0}",
    "H264": "x264enc tune=zerolatency speed-preset=ultrafast bitrate=300 key-int-max=50"
    " ! video/x-h264,profile=constrained-baseline"
    " ! rtph264pay config-interval=-1 aggregate-mode=zero-latency pt={0}"
    # webrtcbin takes only the very profile and level that was offered.
    ' ! capssetter replace=true caps="application/x-rtp,media=video,encoding-name=H264,'
    f"clock-rate=90000,payload={{0}},packetization-mode=(string)1,profile-level-id=(string){PROFILE}"
    '"',
}
DECODERS = {
    "opus": "rtpopusdepay ! opusdec",
    "PCMU": "rtppcmudepay ! mulawdec",
    "PCMA": "rtppcmadepay ! alawdec",
    "G722": "rtpg722depay ! avdec_g722",
    "VP8": "rtpvp8depay ! vp8dec",
    "H264": "rtph264depay ! avdec_h264",
}
TO_SAMPLES = f"audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,rate={RATE}"
SOURCES = {
    "audio": f"audiotestsrc is-live=true wave=sine freq={TONE_HZ} volume=0.3 samplesperbuffer=480"
    " ! audioconvert ! audioresample",
    "video": "videotestsrc is-live=true pattern=ball"
    f" ! video/x-raw,format=I420,width={WIDTH},height={HEIGHT},framerate={FRAMES_PER_SECOND}/1",
}
# What an offer of ours says.
PAYLOAD_TYPES = {"opus": 111, "PCMU": 0, "PCMA": 8, "G722": 9, "VP8": 96, "H264": 102}


def offered(sdp):
    """The payload types of an offer, by the codecs' names."""
    types = {}
    for number, name in re.findall(r"a=rtpmap:(\d+) ([^/]+)/", sdp):
        for codec in PAYLOAD_TYPES:
            parameters = " ".join(re.findall(rf"a=fmtp:{number} (.*)", sdp))
            usual = "packetization-mode=1" in parameters and PROFILE in parameters
            if codec.lower() == name.lower() and (codec != "H264" or usual):
                types[codec] = int(number)
    return types


def finish(values):
    usage = resource.getrusage(resource.RUSAGE_SELF)
    line = {
        "ok": True,
        **values,
        "cpuSeconds": usage.ru_utime + usage.ru_stime,
        "rssKb": usage.ru_maxrss,
    }
    print(json.dumps(line), flush=True)
    os._exit(0)


def fail(problem):
    print(problem, file=sys.stderr, flush=True)
    os._exit(1)


def write(kind, text):
    target = os.path.join(options.signal, kind + ".json")
    with open(target + ".part", "w") as f:
        json.dump({"type": kind, "sdp": text}, f)
    os.rename(target + ".part", target)


def read(kind):
    target = os.path.join(options.signal, kind + ".json")
    for _ in range(60_000):
        if os.path.exists(target):
            with open(target) as f:
                return json.load(f)["sdp"]
        time.sleep(0.001)
    fail(f"no {target} after 60 s")


def description(kind, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    return GstWebRTC.WebRTCSessionDescription.new(kind, message)


class Peer:
    def __init__(self):
        self.ear = Ear()
        self.pictures = 0
        self.channels = []
        self.leaving = False

    def run(self):
        offer = read("offer") if options.role == "answer" else None
        types = PAYLOAD_TYPES if offer is None else offered(offer)
        branches = [
            f"{SOURCES[kind]} ! queue ! {ENCODERS[codec].format(types[codec])} ! webrtc."
            for kind, codec in (("audio", options.audio), ("video", options.video))
            if codec
        ]
        self.pipeline = Gst.parse_launch(
            "webrtcbin name=webrtc bundle-policy=max-bundle latency=50 " + " ".join(branches)
        )
        self.webrtc = self.pipeline.get_by_name("webrtc")
        self.webrtc.connect("pad-added", self.on_pad)
        self.webrtc.connect("on-data-channel", lambda _, channel: self.echo(channel))
        self.webrtc.connect("notify::ice-gathering-state", self.on_gathering)
        self.webrtc.connect("notify::connection-state", self.on_connection)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: fail(message.parse_error()))
        self.pipeline.set_state(Gst.State.PLAYING)
        GLib.timeout_add(10, self.negotiate_when_ready, offer)
        GLib.MainLoop().run()

    def negotiate_when_ready(self, offer):
        # A description made before the encoders have said what they send leaves their sections out.
        if not all(pad.get_current_caps() for pad in self.webrtc.sinkpads):
            return True
        if offer is None:
            if options.mode == "play":
                began = time.monotonic()
                GLib.timeout_add(10, lambda: self.leave_when_enough(began))
            else:
                self.echo(self.webrtc.emit("create-data-channel", "bulk", None))
            self.make("offer")
        else:
            self.set_remote(GstWebRTC.WebRTCSDPType.OFFER, offer, lambda: self.make("answer"))
        return False

    def make(self, kind):
        def made(promise):
            reply = promise.get_reply()
            if reply.get_value(kind) is None:
                fail(reply.to_string())
            self.webrtc.emit("set-local-description", reply.get_value(kind), None)

        self.webrtc.emit(f"create-{kind}", None, Gst.Promise.new_with_change_func(made))

    def set_remote(self, kind, text, done):
        self.webrtc.emit(
            "set-remote-description",
            description(kind, text),
            Gst.Promise.new_with_change_func(lambda _: done()),
        )

    def on_gathering(self, *_):
        state = self.webrtc.get_property("ice-gathering-state")
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            GLib.idle_add(self.on_gathered)

    def on_gathered(self):
        write(options.role, self.webrtc.get_property("local-description").sdp.as_text())
        if options.role == "offer":
            self.set_remote(GstWebRTC.WebRTCSDPType.ANSWER, read("answer"), lambda: None)

    def on_connection(self, *_):
        state = self.webrtc.get_property("connection-state")
        if state == GstWebRTC.WebRTCPeerConnectionState.FAILED and not self.leaving:
            fail("connection failed")

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        caps = pad.get_current_caps().get_structure(0)
        audio = caps.get_string("media") == "audio"
        name = caps.get_string("encoding-name").lower()
        decoder = next(chain for codec, chain in DECODERS.items() if codec.lower() == name)
        sink = Gst.parse_bin_from_description(
            f"{decoder} ! {TO_SAMPLES if audio else 'videoconvert'}"
            " ! appsink name=sink emit-signals=true sync=false",
            True,
        )
        sink.get_by_name("sink").connect("new-sample", self.on_audio if audio else self.on_video)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def on_audio(self, sink):
        buffer = sink.emit("pull-sample").get_buffer()
        if not self.ear.heard:
            self.ear.add(array.array("h", buffer.extract_dup(0, buffer.get_size())), RATE)
        return Gst.FlowReturn.OK

    def on_video(self, sink):
        sink.emit("pull-sample")
        self.pictures += 1
        return Gst.FlowReturn.OK

    def echo(self, channel):
        self.channels.append(channel)

        def on_string(_, text):
            if channel.get_property("label") == "control" and text == "exit":
                self.leaving = True
                began = time.monotonic()
                GLib.timeout_add(10, lambda: self.leave_when_enough(began))
            else:
                channel.emit("send-string", text)

        channel.connect("on-message-string", on_string)
        channel.connect("on-message-data", lambda _, data: channel.emit("send-data", data))

    def leave_when_enough(self, began):
        heard = self.ear.heard or not options.audio
        if heard and (self.pictures >= FRAMES_PER_SECOND or not options.video):
            finish({"heard": heard, "videoFrames": self.pictures})
        if time.monotonic() - began > 20:
            fail(f"{self.pictures} pictures, shares of the tone {self.ear.shares}")
        return True


Gst.init(None)
Peer().run()
