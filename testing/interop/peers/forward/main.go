// Command forward forwards one stream of video to many subscribers with Pion, or makes the load for such a
// program: publisher and subscribers. See ../README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

var (
	mode        = flag.String("mode", "forward", "forward or load")
	signal      = flag.String("signal", ".", "folder of offer-N.json and answer-N.json; the publisher is 0")
	subscribers = flag.Int("subscribers", 20, "")
	warm        = flag.Float64("warm", 5, "seconds of load before measuring")
	seconds     = flag.Float64("seconds", 10, "")
	pid         = flag.Int("pid", 0, "of the program that forwards, whose CPU time is measured")
)

const (
	framesPerSecond = 30
	packetsPerFrame = 4
	payloadSize     = 1088
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(name string, description *webrtc.SessionDescription) {
	data, err := json.Marshal(description)
	check(err)
	path := filepath.Join(*signal, name)
	check(os.WriteFile(path+".part", data, 0o644))
	check(os.Rename(path+".part", path))
}

func read(name string) webrtc.SessionDescription {
	path := filepath.Join(*signal, name)
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(time.Millisecond) {
		data, err := os.ReadFile(path)
		if err == nil {
			var description webrtc.SessionDescription
			check(json.Unmarshal(data, &description))
			return description
		}
		if time.Now().After(deadline) {
			check(fmt.Errorf("no %s after 60 s", path))
		}
	}
}

func newPeer() *webrtc.PeerConnection {
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	check(err)
	return peer
}

func offer(peer *webrtc.PeerConnection, number int) {
	description, err := peer.CreateOffer(nil)
	check(err)
	gathered := webrtc.GatheringCompletePromise(peer)
	check(peer.SetLocalDescription(description))
	<-gathered
	write(fmt.Sprintf("offer-%d.json", number), peer.LocalDescription())
	check(peer.SetRemoteDescription(read(fmt.Sprintf("answer-%d.json", number))))
}

func answer(peer *webrtc.PeerConnection, number int) {
	description, err := peer.CreateAnswer(nil)
	check(err)
	gathered := webrtc.GatheringCompletePromise(peer)
	check(peer.SetLocalDescription(description))
	<-gathered
	write(fmt.Sprintf("answer-%d.json", number), peer.LocalDescription())
}

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	} else {
		forward()
	}
}

func forward() {
	publisher := newPeer()
	tracks := make(chan *webrtc.TrackLocalStaticRTP)
	publisher.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		local, err := webrtc.NewTrackLocalStaticRTP(remote.Codec().RTPCodecCapability, "video", "forwarded")
		check(err)
		tracks <- local
		buffer := make([]byte, 1500)
		for {
			n, _, err := remote.Read(buffer)
			if err != nil {
				return
			}
			_, _ = local.Write(buffer[:n])
		}
	})
	check(publisher.SetRemoteDescription(read("offer-0.json")))
	answer(publisher, 0)
	track := <-tracks
	for number := 1; number <= *subscribers; number++ {
		peer := newPeer()
		description := read(fmt.Sprintf("offer-%d.json", number))
		sender, err := peer.AddTrack(track)
		check(err)
		go func() {
			buffer := make([]byte, 1500)
			for {
				if _, _, err := sender.Read(buffer); err != nil {
					return
				}
			}
		}()
		check(peer.SetRemoteDescription(description))
		answer(peer, number)
	}
	select {}
}

// CPU seconds of the forwarding program.
func cpu() float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", *pid))
	check(err)
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+2:]))
	user, err := strconv.ParseFloat(fields[11], 64)
	check(err)
	system, err := strconv.ParseFloat(fields[12], 64)
	check(err)
	return (user + system) / 100
}

func load() {
	publisher := newPeer()
	track, err := webrtc.NewTrackLocalStaticRTP(
		webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "video", "load")
	check(err)
	sender, err := publisher.AddTrack(track)
	check(err)
	var keyFrame atomic.Bool
	keyFrame.Store(true)
	go func() {
		for {
			packets, _, err := sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, packet := range packets {
				switch packet.(type) {
				case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
					keyFrame.Store(true)
				}
			}
		}
	}()
	offer(publisher, 0)
	var sent, received atomic.Int64
	go publish(track, &keyFrame, &sent)

	heard := make([]atomic.Bool, *subscribers+1)
	for number := 1; number <= *subscribers; number++ {
		peer := newPeer()
		_, err := peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		check(err)
		peer.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
			buffer := make([]byte, 1500)
			for {
				if _, _, err := remote.Read(buffer); err != nil {
					return
				}
				heard[number].Store(true)
				received.Add(1)
			}
		})
		offer(peer, number)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		all := true
		for number := 1; number <= *subscribers; number++ {
			all = all && heard[number].Load()
		}
		if all {
			break
		}
		if time.Now().After(deadline) {
			check(fmt.Errorf("not every subscriber has had a packet after 30 s"))
		}
	}
	time.Sleep(time.Duration(*warm * float64(time.Second)))
	fromSent, fromReceived, fromCPU := sent.Load(), received.Load(), cpu()
	time.Sleep(time.Duration(*seconds * float64(time.Second)))
	packets := received.Load() - fromReceived
	spent := cpu() - fromCPU
	fmt.Printf("{\"ok\":true,\"sent\":%d,\"received\":%d,\"microsPerPacket\":%.3f,\"share\":%.4f}\n",
		sent.Load()-fromSent, packets, spent*1e6/float64(packets),
		float64(packets)/float64((sent.Load()-fromSent)*int64(*subscribers)))
	os.Exit(0)
}

// About 1 Mbit/s of what looks like VP8: a key frame when asked.
func publish(track *webrtc.TrackLocalStaticRTP, keyFrame *atomic.Bool, sent *atomic.Int64) {
	begun := time.Now()
	sequence := uint16(0)
	for frame := 0; ; frame++ {
		time.Sleep(time.Until(begun.Add(time.Duration(frame) * time.Second / framesPerSecond)))
		key := keyFrame.Swap(false)
		for i := 0; i < packetsPerFrame; i++ {
			payload := make([]byte, payloadSize)
			if i == 0 {
				payload[0] = 0x10
				// RFC 6386 section 9.1: a key frame, its start code and 640 by 360; else a frame between.
				if key {
					copy(payload[1:], []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01})
				} else {
					payload[1] = 0x11
				}
			}
			packet := &rtp.Packet{
				Header: rtp.Header{
					Version:        2,
					Marker:         i == packetsPerFrame-1,
					SequenceNumber: sequence,
					Timestamp:      uint32(frame * 90000 / framesPerSecond),
				},
				Payload: payload,
			}
			sequence++
			if track.WriteRTP(packet) == nil {
				sent.Add(1)
			}
		}
	}
}
