// The runner command as it was published, and nothing of ours.
package main

import (
	"runtime/debug"
	"strings"

	"github.com/nektos/act/cmd"
	"github.com/nektos/act/pkg/common"
)

func main() {
	ctx, cancel := common.CreateGracefulJobCancellationContext()
	defer cancel()
	cmd.Execute(ctx, version())
}

// The version that go.mod asks for: what is published has it in a file that no other module can read.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/nektos/act" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "unknown"
}
