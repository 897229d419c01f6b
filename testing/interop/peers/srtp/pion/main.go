// Command srtp is Pion's SRTP behind the command line of the SRTP benchmark, see ../../README.md.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/pion/srtp/v3"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// With one processor the collector's work counts too, as it must.
func cpu() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func context(gcm bool) *srtp.Context {
	key := make([]byte, 16)
	salt := make([]byte, 14)
	profile := srtp.ProtectionProfileAes128CmHmacSha1_80
	if gcm {
		salt = make([]byte, 12)
		profile = srtp.ProtectionProfileAeadAes128Gcm
	}
	made, err := srtp.CreateContext(key, salt, profile, srtp.SRTPReplayProtection(1024))
	check(err)
	return made
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: srtp cm|gcm SIZE SECONDS")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(1)
	gcm := os.Args[1] == "gcm"
	size, err := strconv.Atoi(os.Args[2])
	check(err)
	seconds, err := strconv.ParseFloat(os.Args[3], 64)
	check(err)
	sender, receiver := context(gcm), context(gcm)
	packet := make([]byte, size)
	protected := make([]byte, 0, size+64)
	plain := make([]byte, 0, size+64)
	packet[0], packet[1], packet[11] = 0x80, 96, 1
	number := 0
	for _, limit := range []float64{0.3, seconds} {
		begun, passed, count := cpu(), 0.0, 0
		for passed < limit {
			for i := 0; i < 1000; i++ {
				packet[2], packet[3] = byte(number>>8), byte(number)
				number++
				sealed, err := sender.EncryptRTP(protected, packet, nil)
				check(err)
				opened, err := receiver.DecryptRTP(plain, sealed, nil)
				check(err)
				if len(opened) != size {
					check(fmt.Errorf("%d bytes came out", len(opened)))
				}
				count++
			}
			passed = cpu() - begun
		}
		if limit == seconds {
			fmt.Printf("{\"ok\":true,\"packetsPerSecond\":%.0f}\n", float64(count)/passed)
		}
	}
}
