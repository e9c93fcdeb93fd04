import micropip
