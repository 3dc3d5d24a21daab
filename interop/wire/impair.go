package main

import "math/rand/v2"

const millisecond = int64(1_000_000)

// settings say what one direction of the wire does to frames. The zero value is a perfect wire.
type settings struct {
	DelayMs     float64 `json:"delayMs"`
	JitterMs    float64 `json:"jitterMs"`    // 0..jitter is added to each delay; frames stay in order
	Loss        float64 `json:"loss"`        // probabilities: 0..1
	Duplicate   float64 `json:"duplicate"`   // the copy follows at once
	Reorder     float64 `json:"reorder"`     // such a frame is held back, so that the following overtake it
	ReorderByMs float64 `json:"reorderByMs"` // for so long
	Corrupt     float64 `json:"corrupt"`     // one bit of such a frame is flipped
	RateMbit    float64 `json:"rateMbit"`    // 0: as fast as it goes
	QueueBytes  int     `json:"queueBytes"`  // what may wait for the rate; the rest is dropped
	MTU         int     `json:"mtu"`         // longer IP packets vanish without a message; 0: none do
	Blocked     bool    `json:"blocked"`     // nothing passes, as with a pulled cable
}

const (
	defaultReorderByMs = 10
	defaultQueueBytes  = 256 << 10
)

// counters say what happened to the frames of one direction since the start.
type counters struct {
	Frames        uint64 `json:"frames"`
	Bytes         uint64 `json:"bytes"`
	Sent          uint64 `json:"sent"`
	Lost          uint64 `json:"lost"`
	Duplicated    uint64 `json:"duplicated"`
	Reordered     uint64 `json:"reordered"`
	Corrupted     uint64 `json:"corrupted"`
	QueueDropped  uint64 `json:"queueDropped"`
	MTUDropped    uint64 `json:"mtuDropped"`
	Blocked       uint64 `json:"blocked"`
	HeldDropped   uint64 `json:"heldDropped"`
	SendFailed    uint64 `json:"sendFailed"`
	KernelDropped uint64 `json:"kernelDropped"`
}

// impairer decides the fate of frames. No clock and no socket: time and the seed come in.
type impairer struct {
	settings
	count   counters
	random  *rand.Rand
	freeAt  int64 // when the line has sent all that waits for the rate
	lastDue int64 // no frame leaves before the one ahead of it
}

func newImpairer(seed, direction uint64) *impairer {
	return &impairer{random: rand.New(rand.NewPCG(seed, direction))}
}

// fate is when a frame leaves (nanoseconds), and how many times; zero copies mean that it was dropped.
type fate struct {
	due    int64
	copies int
}

// judge decides about one frame, and may damage it. Each frame of a program draws the same number of random
// values whatever the settings are, so that a seed means the same losses when a test changes another setting.
func (i *impairer) judge(now int64, frame []byte) fate {
	i.count.Frames++
	i.count.Bytes += uint64(len(frame))
	l := parse(frame)
	if i.Blocked {
		i.count.Blocked++
		return fate{}
	}
	if isHousekeeping(frame, l) {
		return fate{due: i.inOrder(now + i.delay(0)), copies: 1}
	}
	loss, copies, reorder, corrupt := i.random.Float64(), i.random.Float64(), i.random.Float64(), i.random.Float64()
	jitter, bit := i.random.Float64(), i.random.Uint64()
	if i.MTU > 0 && len(frame)-ethernetHeader > i.MTU {
		i.count.MTUDropped++
		return fate{}
	}
	if loss < i.Loss {
		i.count.Lost++
		return fate{}
	}
	leaves, ok := i.serialise(now, len(frame))
	if !ok {
		i.count.QueueDropped++
		return fate{}
	}
	if corrupt < i.Corrupt {
		i.count.Corrupted++
		flipBit(frame, l, bit)
	}
	result := fate{copies: 1}
	if copies < i.Duplicate {
		i.count.Duplicated++
		result.copies = 2
	}
	result.due = i.schedule(leaves+i.delay(jitter), reorder < i.Reorder)
	return result
}

func (i *impairer) delay(jitter float64) int64 {
	return int64((i.DelayMs + jitter*i.JitterMs) * float64(millisecond))
}

func (i *impairer) schedule(due int64, heldBack bool) int64 {
	due = i.inOrder(due)
	if !heldBack {
		return due
	}
	i.count.Reordered++
	by := i.ReorderByMs
	if by == 0 {
		by = defaultReorderByMs
	}
	return due + int64(by*float64(millisecond))
}

func (i *impairer) inOrder(due int64) int64 {
	i.lastDue = max(due, i.lastDue)
	return i.lastDue
}

// serialise says when the last bit of a frame is on the line, or that it found the queue full.
func (i *impairer) serialise(now int64, bytes int) (int64, bool) {
	if i.RateMbit <= 0 {
		i.freeAt = now
		return now, true
	}
	limit := i.QueueBytes
	if limit == 0 {
		limit = defaultQueueBytes
	}
	nanosecondsPerByte := 8_000 / i.RateMbit
	start := max(now, i.freeAt)
	if float64(start-now)/nanosecondsPerByte+float64(bytes) > float64(limit) {
		return 0, false
	}
	i.freeAt = start + int64(float64(bytes)*nanosecondsPerByte)
	return i.freeAt, true
}
