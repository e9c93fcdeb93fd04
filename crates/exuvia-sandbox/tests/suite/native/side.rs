//! Side modules that are Python modules, made of a few lines of WebAssembly's text format.

use std::fmt::Write as _;

/// Where things lie in a module's data.
const METHODS: u32 = 64;
const TEXTS: u32 = 256;
const MEMORY_BYTES: u32 = 1_024;

/// A side module that is being written.
pub(super) struct Side {
    name: String,
    is_python: bool,
    methods: Vec<(String, String)>,
    items: Vec<String>,
    needed: Vec<String>,
    runtime_paths: Vec<String>,
    constructor: String,
    memory_bytes: u32,
}

impl Side {
    /// Begins a module that Python can import.
    pub(super) fn new(name: &str) -> Self {
        Self { is_python: true, ..Self::library(name) }
    }

    /// Begins a library that others need.
    pub(super) fn library(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            is_python: false,
            methods: Vec::new(),
            items: Vec::new(),
            needed: Vec::new(),
            runtime_paths: Vec::new(),
            constructor: String::new(),
            memory_bytes: MEMORY_BYTES,
        }
    }

    /// Adds a method without arguments; `$long` makes Python's integer of a number.
    pub(super) fn method(mut self, name: &str, body: &str) -> Self {
        self.methods.push((name.to_owned(), body.to_owned()));
        self
    }

    /// Adds an item of the text format.
    pub(super) fn item(mut self, text: &str) -> Self {
        self.items.push(text.to_owned());
        self
    }

    pub(super) fn needs(mut self, library: &str) -> Self {
        self.needed.push(library.to_owned());
        self
    }

    pub(super) fn runtime_path(mut self, path: &str) -> Self {
        self.runtime_paths.push(path.to_owned());
        self
    }

    /// Sets what runs when the module is loaded.
    pub(super) fn constructor(mut self, body: &str) -> Self {
        self.constructor = body.to_owned();
        self
    }

    pub(super) fn memory_bytes(mut self, bytes: u32) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Returns the module.
    pub(super) fn wasm(&self) -> Vec<u8> {
        let text = self.text();
        wat::parse_str(&text).unwrap_or_else(|error| panic!("the test's module is malformed: {error}\n{text}"))
    }

    fn text(&self) -> String {
        let quoted = |texts: &[String]| texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(" ");
        let mut dylink =
            format!("(@dylink.0 (mem-info (memory {} 4) (table {} 0))", self.memory_bytes, self.methods.len());
        if !self.needed.is_empty() {
            let _ = write!(dylink, " (needed {})", quoted(&self.needed));
        }
        if !self.runtime_paths.is_empty() {
            let _ = write!(dylink, " (runtime-path {})", quoted(&self.runtime_paths));
        }
        dylink.push(')');
        let (imports, definitions): (Vec<_>, Vec<_>) =
            self.items.iter().map(String::as_str).partition(|item| item.starts_with("(import"));
        let python = if self.is_python { self.python() } else { [String::new(), String::new()] };
        format!(
            r#"(module
              {dylink}
              (import "env" "memory" (memory 1))
              (import "env" "__indirect_function_table" (table 0 funcref))
              (import "env" "__memory_base" (global $memory_base i32))
              (import "env" "__table_base" (global $table_base i32))
              (import "env" "PyLong_FromLong" (func $long (param i32) (result i32)))
              {imports}
              {python_imports}
              {definitions}
              (func (export "__wasm_call_ctors") {constructor})
              {python})"#,
            imports = imports.join("\n"),
            python_imports = python[0],
            definitions = definitions.join("\n"),
            constructor = self.constructor,
            python = python[1],
        )
    }

    /// What makes it a Python module: a `PyModuleDef` with a name and methods, whose addresses are relocated.
    fn python(&self) -> [String; 2] {
        const METH_NOARGS: u32 = 4;
        const API_VERSION: u32 = 1_013;
        let imports = r#"(import "env" "PyModule_Create2" (func $create (param i32 i32) (result i32)))"#;
        let mut relocations = String::new();
        let mut functions = String::new();
        let mut texts = format!("{}\\00", self.name);
        let mut text_length = self.name.len() + 1;
        let address = |offset: u32| format!("(i32.add (global.get $memory_base) (i32.const {offset}))");
        let mut store = |offset: u32, value: String| {
            let _ = writeln!(relocations, "(i32.store offset={offset} (global.get $memory_base) {value})");
        };
        store(0, "(i32.const 1)".to_owned());
        store(20, address(TEXTS));
        store(28, "(i32.const -1)".to_owned());
        store(32, address(METHODS));
        for (number, (name, body)) in (0_u32..).zip(&self.methods) {
            let method = METHODS + 16 * number;
            store(method, address(TEXTS + u32::try_from(text_length).expect("names are short")));
            store(method + 4, format!("(i32.add (global.get $table_base) (i32.const {number}))"));
            store(method + 8, format!("(i32.const {METH_NOARGS})"));
            let _ = write!(texts, "{name}\\00");
            text_length += name.len() + 1;
            let _ = writeln!(functions, "(func ${name} (param $self i32) (param $argument i32) (result i32) {body})");
        }
        let names: Vec<String> = self.methods.iter().map(|(name, _)| format!("${name}")).collect();
        let definitions = format!(
            r#"(data (offset (i32.add (global.get $memory_base) (i32.const {TEXTS}))) "{texts}")
               (func (export "__wasm_apply_data_relocs") {relocations})
               {functions}
               (elem (offset (global.get $table_base)) func {names})
               (func (export "PyInit_{name}") (result i32)
                 (call $create (global.get $memory_base) (i32.const {API_VERSION})))"#,
            names = names.join(" "),
            name = self.name,
        );
        [imports.to_owned(), definitions]
    }
}
