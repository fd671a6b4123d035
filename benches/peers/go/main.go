// The workloads of benches/tasks.cpp for Go, where it has them: the same arguments, the same line
// of output. A goroutine's join handle is a channel that it sends its result to.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const batch = 10000
const crowd = 1000

type handle chan struct{}

func spawn(work func()) handle {
	done := make(handle, 1)
	go func() {
		work()
		done <- struct{}{}
	}()
	return done
}

func nothing() {}

func spawnJoin(count int) {
	handles := make([]handle, 0, batch)
	for done := 0; done < count; done += batch {
		for i := 0; i < batch; i++ {
			handles = append(handles, spawn(nothing))
		}
		for _, h := range handles {
			<-h
		}
		handles = handles[:0]
	}
}

func oneByOne(count int) {
	for i := 0; i < count; i++ {
		<-spawn(nothing)
	}
}

func link(left int, end handle) {
	if left == 0 {
		end <- struct{}{}
	} else {
		go link(left-1, end)
	}
}

func chainedSpawn(count int) {
	const depth = 1000
	for done := 0; done < count; done += depth {
		end := make(handle, 1)
		go link(depth-1, end)
		<-end
	}
}

func yields(count int) {
	handles := make([]handle, crowd)
	for i := range handles {
		handles[i] = spawn(func() {
			for n := 0; n < count/crowd; n++ {
				runtime.Gosched()
			}
		})
	}
	for _, h := range handles {
		<-h
	}
}

func setChildren(count int) {
	for done := 0; done < count; done += batch {
		ended := make(chan struct{}, batch)
		for i := 0; i < batch; i++ {
			go func() {
				for n := 0; n < 10; n++ {
					runtime.Gosched()
				}
				ended <- struct{}{}
			}()
		}
		for i := 0; i < batch; i++ {
			<-ended
		}
	}
}

func ping() {
	to, back := make(handle, 1), make(handle, 1)
	go func() {
		<-to
		back <- struct{}{}
	}()
	to <- struct{}{}
	<-back
}

func pingPong(count int) {
	for done := 0; done < count; done += crowd {
		handles := make([]handle, crowd)
		for i := range handles {
			handles[i] = spawn(ping)
		}
		for _, h := range handles {
			<-h
		}
	}
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	first := make(chan int, 1)
	go func() { first <- fib(n - 1) }()
	second := fib(n - 2)
	return <-first + second
}

func skynet(number, size int) int {
	if size == 1 {
		return number
	}
	children := make([]chan int, 10)
	for i := range children {
		result := make(chan int, 1)
		children[i] = result
		from := number + i*(size/10)
		go func() { result <- skynet(from, size/10) }()
	}
	sum := 0
	for _, child := range children {
		sum += <-child
	}
	return sum
}

func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		panic(err)
	}
	return pages * os.Getpagesize()
}

func idle(count int) int {
	handles := make([]handle, count)
	before := resident()
	for i := range handles {
		handles[i] = spawn(func() { time.Sleep(time.Hour) })
	}
	runtime.Gosched()
	time.Sleep(100 * time.Millisecond)
	after := resident()
	runtime.KeepAlive(handles)
	return (after - before) / count
}

func main() {
	name := os.Args[1]
	size, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	workers := 2
	if len(os.Args) == 5 {
		if workers, err = strconv.Atoi(os.Args[4]); err != nil {
			panic(err)
		}
	}
	runtime.GOMAXPROCS(workers)
	if name == "idle" {
		fmt.Println(1, idle(size))
		return
	}
	begin := time.Now()
	operations := size
	switch name {
	case "spawn_join":
		spawnJoin(size)
	case "spawn_await_1by1":
		oneByOne(size)
	case "join_set_child":
		setChildren(size)
	case "chained_spawn":
		chainedSpawn(size)
	case "yield_now":
		yields(size)
	case "ping_pong":
		pingPong(size)
	case "fib":
		fib(size)
		operations = 1
	case "skynet":
		skynet(0, size)
		operations = 1
	default:
		os.Exit(1)
	}
	fmt.Println(operations, time.Since(begin).Nanoseconds())
}
