// Command relay is a TURN server with Pion, or the load for any TURN server: clients that send over channels, and
// their peers, which send everything back. See ../README.md.
package main

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

var (
	mode     = flag.String("mode", "server", "server or load")
	address  = flag.String("server", "127.0.0.1:3478", "where the server listens")
	user     = flag.String("user", "me", "")
	password = flag.String("password", "secret", "")
	realm    = flag.String("realm", "klatsch", "")
	clients  = flag.Int("clients", 20, "")
	size     = flag.Int("size", 1000, "bytes of a packet")
	window   = flag.Int("window", 16, "packets of each client that are under way")
	warm     = flag.Float64("warm", 5, "seconds of load before measuring")
	seconds  = flag.Float64("seconds", 10, "")
	pid      = flag.Int("pid", 0, "of the server, whose CPU time is measured")
)

const channel = 0x4000

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	flag.Parse()
	if *mode == "load" {
		load()
	} else {
		serve()
	}
}

func serve() {
	host, _, err := net.SplitHostPort(*address)
	check(err)
	socket, err := net.ListenPacket("udp4", *address)
	check(err)
	key := turn.GenerateAuthKey(*user, *realm, *password)
	_, err = turn.NewServer(turn.ServerConfig{
		Realm: *realm,
		AuthHandler: func(request *turn.RequestAttributes) (string, []byte, bool) {
			return request.Username, key, request.Username == *user
		},
		PacketConnConfigs: []turn.PacketConnConfig{{
			PacketConn: socket,
			RelayAddressGenerator: &turn.RelayAddressGeneratorStatic{
				RelayAddress: net.ParseIP(host),
				Address:      host,
			},
		}},
	})
	check(err)
	select {}
}

// A client with an allocation and a channel to its peer.
type client struct {
	conn     *net.UDPConn
	packet   []byte
	inFlight atomic.Int64
}

func ask(conn *net.UDPConn, setters ...stun.Setter) *stun.Message {
	request := stun.MustBuild(append([]stun.Setter{stun.TransactionID}, setters...)...)
	buffer := make([]byte, 1500)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		// Errors are those of a server that is still starting.
		_, _ = conn.Write(request.Raw)
		check(conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond)))
		for {
			n, err := conn.Read(buffer)
			if err != nil {
				time.Sleep(100 * time.Millisecond)
				break
			}
			answer := &stun.Message{Raw: append([]byte{}, buffer[:n]...)}
			if answer.Decode() == nil && answer.TransactionID == request.TransactionID {
				return answer
			}
		}
	}
	check(fmt.Errorf("%s does not answer", *address))
	return nil
}

func attribute(kind stun.AttrType, value ...byte) stun.RawAttribute {
	return stun.RawAttribute{Type: kind, Length: uint16(len(value)), Value: value}
}

type rawSetter struct{ stun.RawAttribute }

func (r rawSetter) AddTo(m *stun.Message) error {
	m.Add(r.Type, r.Value)
	return nil
}

func connect(peer netip.AddrPort) *client {
	server, err := net.ResolveUDPAddr("udp4", *address)
	check(err)
	conn, err := net.DialUDP("udp4", nil, server)
	check(err)
	allocate := stun.NewType(stun.MethodAllocate, stun.ClassRequest)
	udp := rawSetter{attribute(stun.AttrRequestedTransport, 17, 0, 0, 0)}
	challenge := ask(conn, allocate, udp)
	var nonce stun.Nonce
	var told stun.Realm
	check(nonce.GetFrom(challenge))
	check(told.GetFrom(challenge))
	credentials := []stun.Setter{
		stun.NewUsername(*user), told, nonce, stun.NewLongTermIntegrity(*user, told.String(), *password),
	}
	succeed(ask(conn, append([]stun.Setter{allocate, udp}, credentials...)...))
	number := make([]byte, 4)
	binary.BigEndian.PutUint16(number, channel)
	address := stun.XORMappedAddress{IP: peer.Addr().AsSlice(), Port: int(peer.Port())}
	bind := stun.NewType(stun.MethodChannelBind, stun.ClassRequest)
	succeed(ask(conn, append([]stun.Setter{
		bind, rawSetter{attribute(stun.AttrChannelNumber, number...)}, peerAddress{address},
	}, credentials...)...))
	packet := make([]byte, 4+(*size+3)&^3)
	binary.BigEndian.PutUint16(packet, channel)
	binary.BigEndian.PutUint16(packet[2:], uint16(*size))
	check(conn.SetReadDeadline(time.Time{}))
	check(conn.SetReadBuffer(1 << 20))
	return &client{conn: conn, packet: packet[:4+*size]}
}

type peerAddress struct{ stun.XORMappedAddress }

func (p peerAddress) AddTo(m *stun.Message) error {
	return p.AddToAs(m, stun.AttrXORPeerAddress)
}

func succeed(answer *stun.Message) {
	if answer.Type.Class != stun.ClassSuccessResponse {
		check(fmt.Errorf("refused: %s", answer))
	}
}

// CPU seconds of the server.
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

func echo(socket *net.UDPConn) {
	buffer := make([]byte, 2000)
	for {
		n, from, err := socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		_, _ = socket.WriteToUDPAddrPort(buffer[:n], from)
	}
}

// Keeps the window full: every echo lets another packet go.
func (c *client) run(echoed *atomic.Int64) {
	buffer := make([]byte, 2000)
	for {
		n, err := c.conn.Read(buffer)
		if err != nil {
			return
		}
		if n == len(c.packet) && buffer[0]&0xc0 == 0x40 {
			echoed.Add(1)
			_, _ = c.conn.Write(c.packet)
		}
	}
}

func load() {
	var all []*client
	counts := make([]atomic.Int64, *clients)
	for i := 0; i < *clients; i++ {
		host, _, err := net.SplitHostPort(*address)
		check(err)
		socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(host)})
		check(err)
		check(socket.SetReadBuffer(1 << 20))
		go echo(socket)
		all = append(all, connect(socket.LocalAddr().(*net.UDPAddr).AddrPort()))
	}
	for i, each := range all {
		go each.run(&counts[i])
		for j := 0; j < *window; j++ {
			_, _ = each.conn.Write(each.packet)
		}
	}
	// What is lost leaves the window for good: a client that has got nothing begins anew.
	go func() {
		last := make([]int64, len(all))
		for range time.Tick(100 * time.Millisecond) {
			for i, each := range all {
				if now := counts[i].Load(); now == last[i] {
					for j := 0; j < *window; j++ {
						_, _ = each.conn.Write(each.packet)
					}
				} else {
					last[i] = now
				}
			}
		}
	}()
	total := func() (sum int64) {
		for i := range counts {
			sum += counts[i].Load()
		}
		return sum
	}
	time.Sleep(time.Duration(*warm * float64(time.Second)))
	before, began, cpuBefore := total(), time.Now(), cpu()
	time.Sleep(time.Duration(*seconds * float64(time.Second)))
	echoed, took, used := total()-before, time.Since(began).Seconds(), cpu()-cpuBefore
	// Each echo has passed the server twice.
	relayed := 2 * float64(echoed)
	line, err := json.Marshal(map[string]any{
		"ok":                  true,
		"packetsPerSecond":    relayed / took,
		"mbps":                relayed * float64(*size) * 8 / took / 1e6,
		"packetsPerCpuSecond": relayed / used,
		"cpuShare":            used / took,
	})
	check(err)
	fmt.Println(string(line))
}
