"""The running programme: settings, command line, channels, keeper's tools, assembly."""
