package zpl_test

import (
	"fmt"
	"log"
	"time"

	"github.com/zeromq/gozyre/zpl"
)

func Example() {
	const text = `
name = alice            # what the others see
expired = 1m30s
interfaces = eth0
interfaces = wlan0
`
	var config struct {
		Name       string        `zpl:"name"`
		Expired    time.Duration `zpl:"expired"`
		Interfaces []string      `zpl:"interfaces"`
	}
	if err := zpl.Unmarshal([]byte(text), &config); err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.Name, config.Expired, config.Interfaces)

	root, err := zpl.Parse([]byte(text))
	if err != nil {
		log.Fatal(err)
	}
	if err := root.Set("/name", "bob"); err != nil {
		log.Fatal(err)
	}
	out, err := root.Text()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s", out)
	// Output:
	// alice 1m30s [eth0 wlan0]
	//
	// name = bob            # what the others see
	// expired = 1m30s
	// interfaces = eth0
	// interfaces = wlan0
}

func ExampleSyntaxError() {
	var config struct {
		Heartbeat time.Duration `zpl:"heartbeat"`
	}
	err := zpl.Unmarshal([]byte("# every so often\nhartbeat = 5s\n"), &config)
	fmt.Println(err)
	fmt.Println(err.(*zpl.SyntaxError).Explain())
	// Output:
	// 2:1: unknown name "hartbeat": did you mean "heartbeat"?
	// 2:1: unknown name "hartbeat": did you mean "heartbeat"?
	//      2 | hartbeat = …
	//        | ^
}

func ExampleNode_Walk() {
	root, err := zpl.Parse([]byte("publish\n    location = a\npublish\n    location = b\n"))
	if err != nil {
		log.Fatal(err)
	}
	for path, n := range root.Walk() {
		fmt.Printf("%s %q\n", path, n.Value)
	}
	// Output:
	// /publish ""
	// /publish/location "a"
	// /publish[2] ""
	// /publish[2]/location "b"
}
