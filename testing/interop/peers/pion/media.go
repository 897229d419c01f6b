package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/samplebuilder"
)

const (
	audioPace = 20 * time.Millisecond
	videoPace = 40 * time.Millisecond

	g711AndG722Rate = 8_000

	// Packets that a frame may wait for one that is late.
	maxLate = 50
)

// What comes of one kind: frames behind their length in four bytes.
type reception struct {
	lock   sync.Mutex
	enough int
	frames int
	file   *os.File
}

var receptions = map[string]*reception{}

func (r *reception) add(frame []byte) {
	r.lock.Lock()
	defer r.lock.Unlock()
	check(binary.Write(r.file, binary.BigEndian, uint32(len(frame))))
	_, err := r.file.Write(frame)
	check(err)
	r.frames++
}

func (r *reception) count() int {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.frames
}

func readFrames(path string) [][]byte {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	var frames [][]byte
	for {
		var length uint32
		err := binary.Read(file, binary.BigEndian, &length)
		if err == io.EOF {
			return frames
		}
		check(err)
		frame := make([]byte, length)
		_, err = io.ReadFull(file, frame)
		check(err)
		frames = append(frames, frame)
	}
}

// Sends the tracks that the command line names and takes those of the other side.
func addMedia(peer *webrtc.PeerConnection) {
	if *audio != "" {
		addTrack(peer, "audio", *audio, audioPace, 50)
	}
	if *video != "" {
		addTrack(peer, "video", *video, videoPace, 25)
	}
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { receive(peer, track) })
}

func addTrack(peer *webrtc.PeerConnection, kind, codec string, pace time.Duration, enough int) {
	file, err := os.Create(filepath.Join(*signal, kind+".received"))
	check(err)
	receptions[kind] = &reception{enough: enough, file: file}
	frames := readFrames(filepath.Join(*signal, kind+".frames"))
	capability := webrtc.RTPCodecCapability{MimeType: kind + "/" + codec}
	if kind == "audio" && codec != "opus" {
		capability.ClockRate = g711AndG722Rate
	}
	track, err := webrtc.NewTrackLocalStaticSample(capability, kind, "klatsch")
	check(err)
	sender, err := peer.AddTrack(track)
	check(err)
	keyFrame := make(chan struct{}, 1)
	go func() {
		for {
			packets, _, err := sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, packet := range packets {
				switch packet.(type) {
				case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
					select {
					case keyFrame <- struct{}{}:
					default:
					}
				}
			}
		}
	}()
	go func() {
		ticker := time.NewTicker(pace)
		for next := 0; ; next++ {
			select {
			case <-keyFrame:
				// The first frame of the file is one.
				next = 0
			default:
			}
			check(track.WriteSample(media.Sample{Data: frames[next%len(frames)], Duration: pace}))
			<-ticker.C
		}
	}()
}

func receive(peer *webrtc.PeerConnection, track *webrtc.TrackRemote) {
	target := receptions[track.Kind().String()]
	if target == nil {
		check(fmt.Errorf("unexpected track of %s", track.Codec().MimeType))
	}
	var depacketizer rtp.Depacketizer
	switch strings.ToLower(track.Codec().MimeType) {
	case "video/vp8":
		depacketizer = &codecs.VP8Packet{}
	case "video/h264":
		depacketizer = &codecs.H264Packet{}
	default:
		// Each packet is a frame.
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			target.add(packet.Payload)
		}
	}
	builder := samplebuilder.New(maxLate, depacketizer, track.Codec().ClockRate)
	check(peer.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}}))
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		builder.Push(packet)
		for sample := builder.Pop(); sample != nil; sample = builder.Pop() {
			target.add(sample.Data)
		}
	}
}

// Ends the program when enough of each kind has come.
func leave() {
	values := map[string]any{}
	for kind, target := range receptions {
		for deadline := time.Now().Add(20 * time.Second); target.count() < target.enough; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				check(fmt.Errorf("%d frames of %s", target.count(), kind))
			}
		}
		values[kind+"Frames"] = target.count()
	}
	for _, target := range receptions {
		target.lock.Lock()
		check(target.file.Close())
	}
	result(values)
}
