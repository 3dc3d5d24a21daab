package main

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// datagram is an Ethernet frame with IPv4, UDP and a payload of the given length, checksum included.
func datagram(payload int) []byte {
	frame := make([]byte, ethernetHeader+20+8+payload)
	binary.BigEndian.PutUint16(frame[12:], typeIPv4)
	ip := frame[ethernetHeader:]
	ip[0], ip[9] = 0x45, protocolUDP
	copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)))
	udp := ip[20:]
	binary.BigEndian.PutUint16(udp[4:], uint16(len(udp)))
	for i := range udp[8:] {
		udp[8+i] = byte(i * 7)
	}
	binary.BigEndian.PutUint16(udp[6:], ^onesSum(ip))
	return frame
}

// onesSum adds the pseudo header and the datagram, as RFC 768 says.
func onesSum(ip []byte) uint16 {
	sum := uint32(protocolUDP) + uint32(len(ip)-20)
	for _, part := range [][]byte{ip[12:20], ip[20:]} {
		for i, b := range part {
			sum += uint32(b) << (8 * (1 - i%2))
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return uint16(sum)
}

func lossPattern(seed uint64, s settings) (pattern []bool) {
	i := newImpairer(seed, 1)
	i.settings = s
	for n := range int64(1_000) {
		pattern = append(pattern, i.judge(n*millisecond, datagram(100)).copies == 0)
	}
	return pattern
}

func TestAPerfectWireSendsEachFrameOnceAndAtOnce(t *testing.T) {
	i := newImpairer(1, 1)
	if got := i.judge(5, datagram(100)); got != (fate{due: 5, copies: 1}) {
		t.Fatalf("got %+v", got)
	}
}

func TestTheSameSeedLosesTheSameFramesWhateverElseIsSet(t *testing.T) {
	plain := lossPattern(7, settings{Loss: 0.1})
	if !slices.Equal(plain, lossPattern(7, settings{Loss: 0.1, DelayMs: 20, JitterMs: 5, Duplicate: 0.1})) {
		t.Fatal("another setting changed which frames are lost")
	}
	if slices.Equal(plain, lossPattern(8, settings{Loss: 0.1})) {
		t.Fatal("another seed loses the same frames")
	}
}

func TestLossIsNearItsProbability(t *testing.T) {
	lost := 0
	for _, gone := range lossPattern(1, settings{Loss: 0.1}) {
		if gone {
			lost++
		}
	}
	if lost < 70 || lost > 130 {
		t.Fatalf("%d of 1000 lost", lost)
	}
}

func TestJitterKeepsTheOrder(t *testing.T) {
	i := newImpairer(1, 1)
	i.settings = settings{DelayMs: 10, JitterMs: 50}
	last := int64(0)
	for n := range int64(500) {
		due := i.judge(n*millisecond, datagram(10)).due
		if due < last {
			t.Fatalf("frame %d overtakes", n)
		}
		last = due
	}
}

func TestAReorderedFrameIsOvertaken(t *testing.T) {
	i := newImpairer(1, 1)
	i.settings = settings{Reorder: 1, ReorderByMs: 3}
	first := i.judge(0, datagram(10)).due
	i.settings = settings{}
	if next := i.judge(millisecond, datagram(10)).due; first != 3*millisecond || next != millisecond {
		t.Fatalf("first %d next %d", first, next)
	}
}

func TestTheRateSpacesFramesAndDropsWhatTheQueueCannotHold(t *testing.T) {
	i := newImpairer(1, 1)
	i.settings = settings{RateMbit: 8, QueueBytes: 3_000} // one byte a microsecond
	frame := datagram(1_000 - ethernetHeader - 28)
	for n, want := range []int64{millisecond, 2 * millisecond, 3 * millisecond} {
		if got := i.judge(0, frame); got.due != want {
			t.Fatalf("frame %d: %+v", n, got)
		}
	}
	if got := i.judge(0, frame); got.copies != 0 || i.count.QueueDropped != 1 {
		t.Fatalf("the fourth found room: %+v", got)
	}
}

func TestThePacketLongerThanTheMTUVanishes(t *testing.T) {
	i := newImpairer(1, 1)
	i.settings = settings{MTU: 1280}
	if i.judge(0, datagram(1280-28)).copies != 1 || i.judge(0, datagram(1281-28)).copies != 0 {
		t.Fatal("the limit is not 1280")
	}
}

func TestHousekeepingIsNeverLostAndShiftsNoPattern(t *testing.T) {
	arp := make([]byte, 60)
	binary.BigEndian.PutUint16(arp[12:], 0x0806)
	i := newImpairer(1, 1)
	i.settings = settings{Loss: 1}
	if i.judge(0, arp).copies != 1 || i.judge(0, datagram(1)).copies != 0 {
		t.Fatal("ARP was lost, or a datagram was not")
	}
	report := datagram(8)
	report[0] = 0x33
	twin := newImpairer(1, 1)
	twin.judge(0, datagram(1))
	if i.judge(0, report).copies != 1 || i.random.Uint64() != twin.random.Uint64() {
		t.Fatal("a multicast report was lost, or drew random values")
	}
}

func TestADamagedDatagramKeepsAValidChecksum(t *testing.T) {
	for _, payload := range []int{1, 2, 99, 100, 1400} {
		for random := range uint64(500) {
			frame := datagram(payload)
			flipBit(frame, parse(frame), random*2654435761)
			if onesSum(frame[ethernetHeader:]) != 0xffff {
				t.Fatalf("payload %d random %d: checksum is wrong", payload, random)
			}
			if slices.Equal(frame, datagram(payload)) {
				t.Fatalf("payload %d random %d: nothing changed", payload, random)
			}
		}
	}
}

func TestSettingsNotNamedStayAndAMisspeltOneIsRefused(t *testing.T) {
	w := wire{"left": newDirection(nil, nil, 1, 1), "right": newDirection(nil, nil, 1, 2)}
	out := &strings.Builder{}
	in := `{"id":1,"method":"set","params":{"loss":0.5,"delayMs":7}}
{"id":2,"method":"set","params":{"direction":"left","loss":0}}
{"id":3,"method":"set","params":{"los":0}}
`
	if err := w.serve(strings.NewReader(in), out); err != nil {
		t.Fatal(err)
	}
	if got := w["left"].impair.settings; got != (settings{DelayMs: 7}) {
		t.Fatalf("left: %+v", got)
	}
	if got := w["right"].impair.settings; got != (settings{DelayMs: 7, Loss: 0.5}) {
		t.Fatalf("right: %+v", got)
	}
	if !strings.Contains(out.String(), `unknown field \"los\"`) {
		t.Fatalf("answers: %s", out)
	}
}
