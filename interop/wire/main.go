// Command wire is a cable between two interfaces of one namespace that delays, loses, doubles, reorders,
// damages, slows down or cuts off what passes. It exists because many kernels come without netem.
//
//	wire -left IFACE -right IFACE [-seed N]
//
// It is controlled by JSON lines on its standard input, answers on its standard output, and ends with its input:
//
//	{"id":1,"method":"set","params":{"direction":"right","loss":0.05,"delayMs":20}}   fields not named stay as they are
//	{"id":2,"method":"counters"}
//
// Direction "right" is what travels from the left interface to the right one; without it, both are meant.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	left := flag.String("left", "left", "first interface")
	right := flag.String("right", "right", "second interface")
	seed := flag.Uint64("seed", 1, "seed of all random decisions")
	flag.Parse()
	if err := run(*left, *right, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
}

func run(leftName, rightName string, seed uint64) error {
	left, err := openPort(leftName)
	if err != nil {
		return err
	}
	right, err := openPort(rightName)
	if err != nil {
		return err
	}
	w := wire{"right": newDirection(left, right, seed, 1), "left": newDirection(right, left, seed, 2)}
	for _, d := range w {
		go d.receive()
		go d.release()
	}
	return w.serve(os.Stdin, os.Stdout)
}
