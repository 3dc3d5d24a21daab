package main

import (
	"container/heap"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	largestFrame = 65_536
	mostHeld     = 65_536
)

// direction carries frames one way. A frame that is due at once leaves from the reading goroutine;
// the others wait in a heap for the sending one.
type direction struct {
	mu      sync.Mutex
	impair  *impairer
	waiting waitingFrames
	order   uint64
	from    *port
	to      *port
	began   time.Time
	wake    chan struct{}
}

func newDirection(from, to *port, seed, number uint64) *direction {
	return &direction{impair: newImpairer(seed, number), from: from, to: to, began: time.Now(), wake: make(chan struct{}, 1)}
}

func (d *direction) now() int64 { return int64(time.Since(d.began)) }

func (d *direction) receive() {
	frame := make([]byte, largestFrame)
	for {
		n, err := d.from.read(frame)
		if err != nil {
			// An interface that goes down reports ENETDOWN once; the socket works again when it is up.
			fmt.Fprintln(os.Stderr, "read:", err)
			time.Sleep(10 * time.Millisecond)
			continue
		}
		d.pass(frame[:n])
	}
}

func (d *direction) pass(frame []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	fate := d.impair.judge(now, frame)
	for range fate.copies {
		if fate.due <= now && len(d.waiting) == 0 {
			d.send(frame)
		} else {
			d.hold(fate.due, frame)
		}
	}
}

func (d *direction) send(frame []byte) {
	if err := d.to.write(frame); err != nil {
		d.impair.count.SendFailed++
		return
	}
	d.impair.count.Sent++
}

func (d *direction) hold(due int64, frame []byte) {
	if len(d.waiting) >= mostHeld {
		d.impair.count.HeldDropped++
		return
	}
	d.order++
	heap.Push(&d.waiting, waitingFrame{due: due, order: d.order, frame: append([]byte(nil), frame...)})
	if d.waiting[0].order == d.order {
		select {
		case d.wake <- struct{}{}:
		default:
		}
	}
}

// release sends what is due, for ever.
func (d *direction) release() {
	timer := time.NewTimer(time.Hour)
	for {
		timer.Reset(d.sendDue())
		select {
		case <-timer.C:
		case <-d.wake:
		}
	}
}

// sendDue returns how long to wait for the next frame.
func (d *direction) sendDue() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.waiting) > 0 {
		if wait := d.waiting[0].due - d.now(); wait > 0 {
			return time.Duration(wait)
		}
		d.send(heap.Pop(&d.waiting).(waitingFrame).frame)
	}
	return time.Hour
}

func (d *direction) change(update func(*settings) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := d.impair.settings
	if err := update(&next); err != nil {
		return err
	}
	d.impair.settings = next
	return nil
}

func (d *direction) counters() counters {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.impair.count.KernelDropped += d.from.dropped()
	return d.impair.count
}

type waitingFrame struct {
	due   int64
	order uint64
	frame []byte
}

// waitingFrames is a heap by due time, and by order of arrival where that is equal.
type waitingFrames []waitingFrame

func (w waitingFrames) Len() int { return len(w) }
func (w waitingFrames) Less(i, j int) bool {
	if w[i].due != w[j].due {
		return w[i].due < w[j].due
	}
	return w[i].order < w[j].order
}
func (w waitingFrames) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *waitingFrames) Push(x any)   { *w = append(*w, x.(waitingFrame)) }
func (w *waitingFrames) Pop() any {
	last := len(*w) - 1
	frame := (*w)[last]
	(*w)[last] = waitingFrame{}
	*w = (*w)[:last]
	return frame
}
