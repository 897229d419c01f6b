// Command pion is Pion WebRTC behind the command line of the foreign peers, see ../README.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	highWater = 8 << 20
	lowWater  = 2 << 20
)

var (
	role    = flag.String("role", "answer", "")
	signal  = flag.String("signal", ".", "")
	mode    = flag.String("mode", "echo", "")
	total   = flag.Int64("bytes", 0, "")
	size    = flag.Int("size", 65536, "")
	count   = flag.Int("count", 1000, "")
	seconds = flag.Float64("seconds", 0, "")
	audio   = flag.String("audio", "", "codec of a call beside mode echo")
	video   = flag.String("video", "", "codec of a call beside mode echo")

	relay        = flag.String("relay", "", "URL,USER,PASSWORD of a TURN server; nothing else is used then")
	loopbackOnly = flag.Bool("loopback", false, "only 127.0.0.1 as candidate")

	// Set when this side has all it needs, so that the other may go.
	finished atomic.Bool
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func result(values map[string]any) {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	values["ok"] = true
	values["cpuSeconds"] = cpu()
	values["rssKb"] = rss()
	line, err := json.Marshal(values)
	check(err)
	fmt.Println(string(line))
	os.Exit(0)
}

func cpu() float64 {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func rss() int64 {
	status, err := os.ReadFile("/proc/self/status")
	check(err)
	for _, line := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(line, "VmRSS:") {
			kb, err := strconv.ParseInt(strings.Fields(line)[1], 10, 64)
			check(err)
			return kb
		}
	}
	return 0
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
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" || !*loopbackOnly })
	configuration := webrtc.Configuration{}
	if parts := strings.Split(*relay, ","); len(parts) == 3 {
		configuration.ICEServers = []webrtc.ICEServer{{URLs: parts[:1], Username: parts[1], Credential: parts[2]}}
		configuration.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	peer, err := webrtc.NewAPI(webrtc.WithSettingEngine(settings)).NewPeerConnection(configuration)
	check(err)
	return peer
}

// A queue that sends with back-pressure without blocking the receiving side for ever.
type sender struct {
	channel *webrtc.DataChannel
	room    chan struct{}
}

func newSender(channel *webrtc.DataChannel) *sender {
	s := &sender{channel, make(chan struct{}, 1)}
	channel.SetBufferedAmountLowThreshold(lowWater)
	channel.OnBufferedAmountLow(func() {
		select {
		case s.room <- struct{}{}:
		default:
		}
	})
	return s
}

func (s *sender) wait() {
	for s.channel.BufferedAmount() > highWater {
		select {
		case <-s.room:
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func echo(peer *webrtc.PeerConnection, channel *webrtc.DataChannel) {
	if channel.Label() == "control" {
		channel.OnMessage(func(message webrtc.DataChannelMessage) {
			text := string(message.Data)
			if text == "exit" {
				leave()
			}
			var command struct {
				Open struct {
					Label             string  `json:"label"`
					Protocol          *string `json:"protocol"`
					Ordered           *bool   `json:"ordered"`
					MaxRetransmits    *uint16 `json:"maxRetransmits"`
					MaxPacketLifeTime *uint16 `json:"maxPacketLifeTime"`
					Negotiated        *bool   `json:"negotiated"`
					ID                *uint16 `json:"id"`
				} `json:"open"`
			}
			check(json.Unmarshal(message.Data, &command))
			o := command.Open
			created, err := peer.CreateDataChannel(o.Label, &webrtc.DataChannelInit{
				Protocol: o.Protocol, Ordered: o.Ordered, MaxRetransmits: o.MaxRetransmits,
				MaxPacketLifeTime: o.MaxPacketLifeTime, Negotiated: o.Negotiated, ID: o.ID,
			})
			check(err)
			echo(peer, created)
		})
		return
	}
	s := newSender(channel)
	queue := make(chan webrtc.DataChannelMessage, 64)
	channel.OnMessage(func(message webrtc.DataChannelMessage) { queue <- message })
	go func() {
		for message := range queue {
			s.wait()
			if message.IsString {
				check(channel.SendText(string(message.Data)))
			} else {
				check(channel.Send(message.Data))
			}
		}
	}()
}

func source(channel *webrtc.DataChannel, start time.Time, connected time.Duration) {
	s := newSender(channel)
	done := make(chan struct{})
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		if message.IsString && string(message.Data) == "ok" {
			close(done)
		}
	})
	message := make([]byte, *size)
	sent := int64(0)
	began := time.Now()
	for *seconds > 0 && time.Since(began).Seconds() < *seconds || *seconds == 0 && sent < *total {
		s.wait()
		check(channel.Send(message))
		sent += int64(len(message))
	}
	check(channel.SendText("done"))
	<-done
	elapsed := time.Since(began).Seconds()
	result(map[string]any{
		"connectMs": connected.Seconds() * 1e3, "bytes": sent, "seconds": elapsed,
		"mbps": float64(sent) * 8e-6 / elapsed,
	})
}

func sink(channel *webrtc.DataChannel, connected time.Duration) {
	var began time.Time
	var received atomic.Int64
	var perSecond []float64
	var before int64
	stop := make(chan struct{})
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		if began.IsZero() {
			began = time.Now()
			go func() {
				ticker := time.NewTicker(time.Second)
				for {
					select {
					case <-ticker.C:
						now := received.Load()
						perSecond = append(perSecond, float64(now-before)*8e-6)
						before = now
					case <-stop:
						return
					}
				}
			}()
		}
		if message.IsString && string(message.Data) == "done" {
			elapsed := time.Since(began).Seconds()
			finished.Store(true)
			stop <- struct{}{}
			check(channel.SendText("ok"))
			go func() {
				// Time for the answer to leave; the other side may be gone before it acknowledges.
				time.Sleep(300 * time.Millisecond)
				result(map[string]any{
					"connectMs": connected.Seconds() * 1e3, "bytes": received.Load(), "seconds": elapsed,
					"mbps": float64(received.Load()) * 8e-6 / elapsed, "perSecond": perSecond,
				})
			}()
			return
		}
		received.Add(int64(len(message.Data)))
	})
}

func ping(channel *webrtc.DataChannel, connected time.Duration) {
	answers := make(chan struct{}, 1)
	channel.OnMessage(func(webrtc.DataChannelMessage) { answers <- struct{}{} })
	message := make([]byte, *size)
	times := make([]float64, 0, *count)
	for i := 0; i < *count+*count/10; i++ {
		start := time.Now()
		check(channel.Send(message))
		<-answers
		if i >= *count/10 {
			times = append(times, float64(time.Since(start).Nanoseconds())/1e3)
		}
	}
	sort.Float64s(times)
	result(map[string]any{
		"connectMs": connected.Seconds() * 1e3,
		"p50Us":     times[len(times)/2], "p99Us": times[len(times)*99/100],
	})
}

func connectPair() (*webrtc.PeerConnection, *webrtc.PeerConnection) {
	a, b := newPeer(), newPeer()
	var open sync.WaitGroup
	open.Add(2)
	b.OnDataChannel(func(channel *webrtc.DataChannel) { channel.OnOpen(open.Done) })
	channel, err := a.CreateDataChannel("bulk", nil)
	check(err)
	channel.OnOpen(open.Done)
	a.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			check(b.AddICECandidate(c.ToJSON()))
		}
	})
	var early []webrtc.ICECandidateInit
	var lock sync.Mutex
	ready := false
	b.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			return
		}
		lock.Lock()
		defer lock.Unlock()
		if ready {
			check(a.AddICECandidate(c.ToJSON()))
		} else {
			early = append(early, c.ToJSON())
		}
	})
	offer, err := a.CreateOffer(nil)
	check(err)
	check(b.SetRemoteDescription(offer))
	check(a.SetLocalDescription(offer))
	answer, err := b.CreateAnswer(nil)
	check(err)
	check(b.SetLocalDescription(answer))
	check(a.SetRemoteDescription(answer))
	lock.Lock()
	ready = true
	for _, c := range early {
		check(a.AddICECandidate(c))
	}
	lock.Unlock()
	open.Wait()
	return a, b
}

func main() {
	flag.Parse()
	switch *mode {
	case "pairs":
		times := make([]float64, 0, *count)
		var cpuBefore float64
		warm := *count / 5
		for i := 0; i < *count+warm; i++ {
			if i == warm {
				cpuBefore = cpu()
			}
			start := time.Now()
			a, b := connectPair()
			if i >= warm {
				times = append(times, float64(time.Since(start).Nanoseconds())/1e3)
			}
			check(a.Close())
			check(b.Close())
		}
		perPair := (cpu() - cpuBefore) / float64(*count) * 1e3
		sort.Float64s(times)
		result(map[string]any{
			"p50Us": times[len(times)/2], "p99Us": times[len(times)*99/100], "cpuMsPerPair": perPair,
		})
	case "idle":
		for i := 0; i < 20; i++ {
			a, b := connectPair()
			defer a.Close()
			defer b.Close()
		}
		runtime.GC()
		before := rss()
		for i := 0; i < *count; i++ {
			a, b := connectPair()
			defer a.Close()
			defer b.Close()
		}
		runtime.GC()
		result(map[string]any{"kbPerConnection": float64(rss()-before) / float64(2**count)})
	}

	start := time.Now()
	peer := newPeer()
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateFailed || state == webrtc.PeerConnectionStateClosed {
			if finished.Load() {
				return
			}
			fmt.Fprintln(os.Stderr, "connection", state)
			os.Exit(1)
		}
	})
	peer.OnDataChannel(func(channel *webrtc.DataChannel) { use(peer, channel, start) })
	addMedia(peer)
	gathered := webrtc.GatheringCompletePromise(peer)
	if *role == "offer" {
		channel, err := peer.CreateDataChannel("bulk", nil)
		check(err)
		use(peer, channel, start)
		offer, err := peer.CreateOffer(nil)
		check(err)
		check(peer.SetLocalDescription(offer))
		<-gathered
		write("offer.json", peer.LocalDescription())
		start = time.Now()
		check(peer.SetRemoteDescription(read("answer.json")))
	} else {
		check(peer.SetRemoteDescription(read("offer.json")))
		start = time.Now()
		answer, err := peer.CreateAnswer(nil)
		check(err)
		check(peer.SetLocalDescription(answer))
		<-gathered
		write("answer.json", peer.LocalDescription())
	}
	select {}
}

func use(peer *webrtc.PeerConnection, channel *webrtc.DataChannel, start time.Time) {
	if *mode == "echo" {
		echo(peer, channel)
		return
	}
	if channel.Label() != "bulk" {
		return
	}
	if *mode == "sink" {
		sink(channel, time.Since(start))
		return
	}
	channel.OnOpen(func() {
		connected := time.Since(start)
		switch *mode {
		case "source":
			go source(channel, start, connected)
		case "ping":
			go ping(channel, connected)
		}
	})
}
