//go:build unix

// Command servers runs nats-server processes for tests in other languages:
//
//	go run ./internal/natstest/cmd/servers [-servers 3] [-config FILE] [-dir DIR]
//
// When they are ready it prints one line of JSON:
//
//	{"binary":"...","servers":[{"name":"s1","url":"nats://127.0.0.1:4222","config":".../server.conf"}, ...]}
//
// Then it takes commands by stdin, one a line, and answers each by a line, `ok` or
// `error: ...`: `kill s1` (kill -9), `stop s1`, `start s1`, `pause s1` (SIGSTOP),
// `resume s1`, `leader STREAM` (answers the name). It ends, and all servers with it, when stdin does.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/quiesce/quiesce/bus/internal/natstest"
)

func main() {
	servers := flag.Int("servers", 1, "how many servers")
	config := flag.String("config", "", "file with more configuration, for each server")
	dir := flag.String("dir", "", "where they keep their files; a temporary directory if not given")
	flag.Parse()
	if err := run(*servers, *config, *dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(servers int, config, dir string) error {
	if dir == "" {
		d, err := os.MkdirTemp("", "quiesce-nats-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(d)
		dir = d
	}
	o := natstest.Options{Servers: servers}
	if config != "" {
		more, err := os.ReadFile(config)
		if err != nil {
			return err
		}
		o.Config = string(more)
	}
	c, err := natstest.New(dir, o)
	if err != nil {
		return err
	}
	defer c.Kill()
	if config == "" { // with accounts or TLS we may not be let in
		if err := c.Ready(); err != nil {
			return err
		}
	}
	if err := announce(c); err != nil {
		return err
	}
	serve(c)
	return nil
}

func announce(c *natstest.Cluster) error {
	type one struct {
		Name   string `json:"name"`
		URL    string `json:"url"`
		Config string `json:"config"`
	}
	binary, err := natstest.Binary()
	if err != nil {
		return err
	}
	var all []one
	for _, s := range c.Servers {
		all = append(all, one{s.Name, s.URL, filepath.Join(s.Dir, "server.conf")})
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"binary": binary, "servers": all})
}

func serve(c *natstest.Cluster) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		what, name, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		answer, err := obey(c, what, name)
		if err != nil {
			answer = "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Println(answer)
	}
}

func obey(c *natstest.Cluster, what, name string) (string, error) {
	if what == "leader" {
		if s := c.Leader(name); s != nil {
			return s.Name, nil
		}
		return "", errors.New("no leader")
	}
	commands := map[string]func(*natstest.Server) error{
		"kill": (*natstest.Server).Kill, "stop": (*natstest.Server).Stop, "start": (*natstest.Server).Start,
		"pause": (*natstest.Server).Pause, "resume": (*natstest.Server).Resume,
	}
	command := commands[what]
	if command == nil {
		return "", errors.New("no such command: " + what)
	}
	for _, s := range c.Servers {
		if s.Name == name {
			return "ok", command(s)
		}
	}
	return "", errors.New("no such server: " + name)
}
