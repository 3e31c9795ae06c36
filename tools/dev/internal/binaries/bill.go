package binaries

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// billed looks whether each bill of materials can be made again, and whether
// linux/amd64's has what its largest tool was made of.
func billed(_ context.Context, r *release) (string, error) {
	bills, err := filepath.Glob(filepath.Join(r.dist, "*.cdx.json"))
	if err != nil {
		return "", err
	}
	for _, path := range bills {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		var bill struct {
			SerialNumber string
			Components   []struct{ Name, Version string }
		}
		if err := json.Unmarshal(data, &bill); err != nil {
			return "", fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		has := map[string]string{}
		for _, c := range bill.Components {
			has[c.Name] = c.Version
			if !strings.HasPrefix(c.Version, "v") && c.Name != "std" {
				return "", fmt.Errorf("%s: %s has version %q", filepath.Base(path), c.Name, c.Version)
			}
		}
		if bill.SerialNumber != "" {
			return "", fmt.Errorf("%s has a serial number, which is another each time", filepath.Base(path))
		}
		if !strings.Contains(path, "_linux_amd64") {
			continue
		}
		info, err := buildinfo.ReadFile(r.paths["zyre linux/amd64"])
		if err != nil {
			return "", err
		}
		for _, d := range info.Deps {
			if has[d.Path] == "" {
				return "", fmt.Errorf("%s has no %s, which is in zyre", filepath.Base(path), d.Path)
			}
		}
	}
	return fmt.Sprintf("%d of them", len(bills)), nil
}
