//! What becomes of each function that the interpreter's module imports.
//!
//! The module was built to run beside a JavaScript engine; more than half of what it imports serves Python objects that
//! stand for JavaScript ones. Those can only be reached through Pyodide's own extension modules, which cannot be
//! imported here; should a program get there all the same, its sandbox is ended by a trap that names the import.
//!
//! Beside these functions the module imports 280 globals `GOT.func.*`: places for the addresses of OpenGL functions. They
//! become constants 0 when the image is built, so that calling through one is a trap.

use Disposition::{Glue, Implemented, Refused, Unreachable};

/// What an import gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// A host function does what it says.
    Implemented,
    /// The glue module does what it says, in WebAssembly.
    Glue,
    /// It fails, or does nothing, without an effect.
    Refused {
        /// What it returns where it returns an `i32`; a reference is null.
        answer: i32,
        /// What is missing, and how the program sees it.
        because: &'static str,
    },
    /// Calling it ends the sandbox with a trap.
    Unreachable(&'static str),
}

const ENV: &str = "env";
const WASI: &str = "wasi_snapshot_preview1";
const JAVASCRIPT: &str = "serves JavaScript objects, and there are none";

/// Every function that the module imports: module, name, and what becomes of it. In alphabetical order.
#[rustfmt::skip]
pub(crate) const DISPOSITIONS: &[(&str, &str, Disposition)] = &[
    (ENV, "JsArray_count_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsArray_index_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsArray_inplace_repeat_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsArray_repeat_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsArray_reverse_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsArray_reversed_iterator", Unreachable(JAVASCRIPT)),
    (ENV, "JsBuffer_DecodeString_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsBuffer_get_info", Unreachable(JAVASCRIPT)),
    (ENV, "JsDoubleProxy_unwrap_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsException_new_helper", Unreachable(JAVASCRIPT)),
    (ENV, "JsMap_GetIter_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsMap_clear_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsModule_GetAll_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsObjMap_GetIter_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsObjMap_ass_subscript_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsObjMap_contains_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsObjMap_length_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsObjMap_subscript_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_Bool_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_DelAttr_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_Dir_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_GetAsyncIter_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_GetAttr_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_GetIter_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_SetAttr_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_aexit_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_compute_typeflags", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_exit_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_subscript_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsProxy_to_weakref_js", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Delete", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Extend", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Get", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Insert", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_New", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Push", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_Set", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_ShallowCopy", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_slice", Unreachable(JAVASCRIPT)),
    (ENV, "JsvArray_slice_assign", Unreachable(JAVASCRIPT)),
    (ENV, "JsvAsyncGenerator_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBigInt_fromDigits", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBigInt_fromInt", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBuffer_assignFromPtr", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBuffer_assignToPtr", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBuffer_intoFile", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBuffer_readFromFile", Unreachable(JAVASCRIPT)),
    (ENV, "JsvBuffer_writeToFile", Unreachable(JAVASCRIPT)),
    (ENV, "JsvError_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvError_Throw", Unreachable(JAVASCRIPT)),
    (ENV, "JsvFunction_CallBound", Unreachable(JAVASCRIPT)),
    (ENV, "JsvFunction_Call_OneArg", Unreachable(JAVASCRIPT)),
    (ENV, "JsvFunction_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvFunction_Construct", Unreachable(JAVASCRIPT)),
    (ENV, "JsvGenerator_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvLiteralMap_New", Unreachable(JAVASCRIPT)),
    (ENV, "JsvMap_New", Unreachable(JAVASCRIPT)),
    (ENV, "JsvMap_Set", Unreachable(JAVASCRIPT)),
    (ENV, "JsvNoValue_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvNum_fromDouble", Unreachable(JAVASCRIPT)),
    (ENV, "JsvNum_fromInt", Unreachable(JAVASCRIPT)),
    (ENV, "JsvNum_toInt", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_CallMethod", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_CallMethod_NoArgs", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_CallMethod_OneArg", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_CallMethod_TwoArgs", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_Entries", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_Keys", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_New", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_SetAttr", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_Values", Unreachable(JAVASCRIPT)),
    (ENV, "JsvObject_toString", Unreachable(JAVASCRIPT)),
    (ENV, "JsvPromise_Check", Unreachable(JAVASCRIPT)),
    (ENV, "JsvPromise_Resolve", Unreachable(JAVASCRIPT)),
    (ENV, "JsvPromise_Syncify_handleError", Unreachable(JAVASCRIPT)),
    (ENV, "JsvSet_Add", Unreachable(JAVASCRIPT)),
    (ENV, "JsvSet_New", Unreachable(JAVASCRIPT)),
    (ENV, "JsvUTF8ToString", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_BigIntToNum", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_GetError_import", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_constructorName", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_equal", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_greater_than", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_greater_than_equal", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_less_than", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_less_than_equal", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_not_equal", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_to_bool", Unreachable(JAVASCRIPT)),
    (ENV, "Jsv_typeof", Unreachable(JAVASCRIPT)),
    (ENV, "_JsArray_PostProcess_helper", Unreachable(JAVASCRIPT)),
    (ENV, "_JsArray_PushEntry_helper", Unreachable(JAVASCRIPT)),
    (ENV, "_JsObject_Set_js", Unreachable(JAVASCRIPT)),
    (ENV, "_PyEM_TrampolineCall_JS", Glue),
    (ENV, "_Py_CheckEmscriptenSignals_Helper", Glue),
    (ENV, "_Py_emscripten_runtime", Implemented),
    (ENV, "__assert_fail", Implemented),
    (ENV, "__call_sighandler", Glue),
    (ENV, "__hiwire_deduplicate_delete", Unreachable(JAVASCRIPT)),
    (ENV, "__hiwire_deduplicate_get", Unreachable(JAVASCRIPT)),
    (ENV, "__hiwire_deduplicate_new", Refused { answer: 0, because: "called once at the start; without JavaScript objects there is nothing to keep apart" }),
    (ENV, "__hiwire_deduplicate_set", Unreachable(JAVASCRIPT)),
    (ENV, "__syscall_accept4", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_bind", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_chdir", Implemented),
    (ENV, "__syscall_chmod", Implemented),
    (ENV, "__syscall_connect", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_dup", Implemented),
    (ENV, "__syscall_dup3", Implemented),
    (ENV, "__syscall_faccessat", Implemented),
    (ENV, "__syscall_fadvise64", Implemented),
    (ENV, "__syscall_fallocate", Implemented),
    (ENV, "__syscall_fchdir", Implemented),
    (ENV, "__syscall_fchmod", Implemented),
    (ENV, "__syscall_fchmodat2", Implemented),
    (ENV, "__syscall_fchown32", Implemented),
    (ENV, "__syscall_fchownat", Implemented),
    (ENV, "__syscall_fcntl64", Implemented),
    (ENV, "__syscall_fdatasync", Implemented),
    (ENV, "__syscall_fstat64", Implemented),
    (ENV, "__syscall_fstatfs64", Implemented),
    (ENV, "__syscall_ftruncate64", Implemented),
    (ENV, "__syscall_getcwd", Implemented),
    (ENV, "__syscall_getdents64", Implemented),
    (ENV, "__syscall_getpeername", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_getsockname", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_getsockopt", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_getuid32_js", Implemented),
    (ENV, "__syscall_ioctl", Implemented),
    (ENV, "__syscall_listen", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_lstat64", Implemented),
    (ENV, "__syscall_mkdirat", Implemented),
    (ENV, "__syscall_mknodat", Implemented),
    (ENV, "__syscall_newfstatat", Implemented),
    (ENV, "__syscall_openat", Implemented),
    (ENV, "__syscall_pipe", Implemented),
    (ENV, "__syscall_poll", Implemented),
    (ENV, "__syscall_readlinkat", Implemented),
    (ENV, "__syscall_recvfrom", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_recvmsg", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_renameat", Implemented),
    (ENV, "__syscall_rmdir", Implemented),
    (ENV, "__syscall_sendmsg", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_sendto", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_socket", Refused { answer: -2, because: "there are no sockets: EACCES, which Python raises as PermissionError" }),
    (ENV, "__syscall_stat64", Implemented),
    (ENV, "__syscall_statfs64", Implemented),
    (ENV, "__syscall_symlinkat", Implemented),
    (ENV, "__syscall_truncate64", Implemented),
    (ENV, "__syscall_umask_js", Implemented),
    (ENV, "__syscall_unlinkat", Implemented),
    (ENV, "__syscall_utimensat", Implemented),
    (ENV, "_abort_js", Implemented),
    (ENV, "_agen_handle_result_js", Unreachable(JAVASCRIPT)),
    (ENV, "_dlopen_js", Glue),
    (ENV, "_dlsym_js", Glue),
    (ENV, "_emscripten_dlopen_js", Refused { answer: 0, because: "Python opens native modules with `dlopen` only: nothing happens" }),
    (ENV, "_emscripten_get_progname", Implemented),
    (ENV, "_emscripten_log_formatted", Refused { answer: 0, because: "there is no console: nothing is logged" }),
    (ENV, "_emscripten_lookup_name", Refused { answer: 0, because: "there is no network: not found" }),
    (ENV, "_emscripten_runtime_keepalive_clear", Implemented),
    (ENV, "_emscripten_system", Refused { answer: -52, because: "there are no processes: ENOSYS" }),
    (ENV, "_gmtime_js", Implemented),
    (ENV, "_localtime_js", Implemented),
    (ENV, "_maybe_connect_async", Refused { answer: 0, because: "no promise: the caller goes on to the system call" }),
    (ENV, "_maybe_poll_async", Refused { answer: 0, because: "no promise: the caller goes on to `__syscall_poll`" }),
    (ENV, "_maybe_recvfrom_async", Refused { answer: 0, because: "no promise: the caller goes on to the system call" }),
    (ENV, "_maybe_sendto_async", Refused { answer: 0, because: "no promise: the caller goes on to the system call" }),
    (ENV, "_mktime_js", Implemented),
    (ENV, "_mmap_js", Glue),
    (ENV, "_msync_js", Glue),
    (ENV, "_munmap_js", Glue),
    (ENV, "_pyproxyGen_make_result", Unreachable(JAVASCRIPT)),
    (ENV, "_pyproxy_get_buffer_result", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_add_to_cache", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_addto_postprocess_list", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_ascii", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_buffer_inner", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_cache_lookup", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_handle_postprocess_list", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_ucs1", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_ucs2", Unreachable(JAVASCRIPT)),
    (ENV, "_python2js_ucs4", Unreachable(JAVASCRIPT)),
    (ENV, "_setitimer_js", Refused { answer: -52, because: "there are no timers: ENOSYS" }),
    (ENV, "_timegm_js", Implemented),
    (ENV, "_try_fcntl64", Implemented),
    (ENV, "_try_shutdown", Refused { answer: -2, because: "there are no sockets: EACCES" }),
    (ENV, "_tzset_js", Implemented),
    (ENV, "array_to_js", Unreachable(JAVASCRIPT)),
    (ENV, "can_run_sync_js", Refused { answer: 0, because: "there is no JavaScript to run" }),
    (ENV, "capture_stderr", Unreachable(JAVASCRIPT)),
    (ENV, "create_once_callable", Unreachable(JAVASCRIPT)),
    (ENV, "create_promise_handles", Unreachable(JAVASCRIPT)),
    (ENV, "destroy_jsarray_entries", Unreachable(JAVASCRIPT)),
    (ENV, "destroy_proxies", Unreachable(JAVASCRIPT)),
    (ENV, "destroy_proxies_js", Unreachable(JAVASCRIPT)),
    (ENV, "destroy_proxy", Unreachable(JAVASCRIPT)),
    (ENV, "emscripten_asm_const_int", Unreachable("inline JavaScript of Pyodide's own modules, which cannot be imported")),
    (ENV, "emscripten_date_now", Implemented),
    (ENV, "emscripten_debugger", Refused { answer: 0, because: "there is no debugger: nothing happens" }),
    (ENV, "emscripten_get_heap_max", Implemented),
    (ENV, "emscripten_get_now", Implemented),
    (ENV, "emscripten_log_impl_js", Refused { answer: 0, because: "there is no console: nothing is logged" }),
    (ENV, "emscripten_promise_create", Unreachable("only `emscripten_dlopen_promise` makes promises, and nothing calls it")),
    (ENV, "emscripten_promise_destroy", Unreachable("no promise is ever made")),
    (ENV, "emscripten_promise_resolve", Unreachable("no promise is ever made")),
    (ENV, "emscripten_resize_heap", Implemented),
    (ENV, "emscripten_runtime_keepalive_pop", Implemented),
    (ENV, "emscripten_runtime_keepalive_push", Implemented),
    (ENV, "emscripten_set_up_async_input_device_js", Refused { answer: 0, because: "stdin is read synchronously" }),
    (ENV, "exit", Implemented),
    (ENV, "fail_test", Unreachable("only called by Pyodide's own tests")),
    (ENV, "ffi_call_js", Unreachable("ctypes calls are refused in Python before they get here")),
    (ENV, "ffi_closure_alloc_js", Refused { answer: 0, because: "C code cannot call back into ctypes: no memory for a closure" }),
    (ENV, "ffi_closure_free_js", Refused { answer: 0, because: "there are no closures to free" }),
    (ENV, "ffi_prep_closure_loc_js", Refused { answer: 2, because: "C code cannot call back into ctypes: FFI_BAD_ABI" }),
    (ENV, "gc_register_proxies", Unreachable(JAVASCRIPT)),
    (ENV, "get_async_js_call_done_callback", Unreachable(JAVASCRIPT)),
    (ENV, "get_length_helper", Unreachable(JAVASCRIPT)),
    (ENV, "get_length_string", Unreachable(JAVASCRIPT)),
    (ENV, "get_suspender", Unreachable(JAVASCRIPT)),
    (ENV, "getaddrinfo", Refused { answer: -4, because: "there is no network: EAI_FAIL, which Python raises as socket.gaierror" }),
    (ENV, "getnameinfo", Refused { answer: -4, because: "there is no network: EAI_FAIL" }),
    (ENV, "getprotobyname", Refused { answer: 0, because: "there is no protocol database: not found" }),
    (ENV, "handle_next_result_js", Unreachable(JAVASCRIPT)),
    (ENV, "hiwire_invalid_ref_js", Unreachable(JAVASCRIPT)),
    (ENV, "is_comlink_proxy", Unreachable(JAVASCRIPT)),
    (ENV, "js2python_convert", Unreachable(JAVASCRIPT)),
    (ENV, "js2python_immutable_js", Unreachable(JAVASCRIPT)),
    (ENV, "js2python_js", Unreachable(JAVASCRIPT)),
    (ENV, "jslib_init_buffers_js", Unreachable(JAVASCRIPT)),
    (ENV, "jslib_init_js", Unreachable(JAVASCRIPT)),
    (ENV, "my_dict_converter", Unreachable(JAVASCRIPT)),
    (ENV, "new_error", Unreachable(JAVASCRIPT)),
    (ENV, "proxy_cache_get", Unreachable(JAVASCRIPT)),
    (ENV, "proxy_cache_set", Unreachable(JAVASCRIPT)),
    (ENV, "pyodide_js_init", Unreachable(JAVASCRIPT)),
    (ENV, "pyproxy_AsPyObject", Unreachable(JAVASCRIPT)),
    (ENV, "pyproxy_Check", Unreachable(JAVASCRIPT)),
    (ENV, "pyproxy_new", Unreachable(JAVASCRIPT)),
    (ENV, "pyproxy_new_ex", Unreachable(JAVASCRIPT)),
    (ENV, "python2js__default_converter_js", Unreachable(JAVASCRIPT)),
    (ENV, "python2js__eager_converter_js", Unreachable(JAVASCRIPT)),
    (ENV, "python2js_custom__create_jscontext", Unreachable(JAVASCRIPT)),
    (ENV, "raw_call_js", Unreachable(JAVASCRIPT)),
    (ENV, "restoreState", Unreachable(JAVASCRIPT)),
    (ENV, "restore_stderr", Unreachable(JAVASCRIPT)),
    (ENV, "saveState", Unreachable(JAVASCRIPT)),
    (ENV, "set_pyodide_module", Unreachable(JAVASCRIPT)),
    (ENV, "set_suspender", Unreachable(JAVASCRIPT)),
    (ENV, "syncifyHandler", Unreachable(JAVASCRIPT)),
    (ENV, "throw_no_gil", Unreachable("only called by JavaScript that holds Python objects")),
    (ENV, "wrap_async_generator", Unreachable(JAVASCRIPT)),
    (ENV, "wrap_generator", Unreachable(JAVASCRIPT)),
    (WASI, "clock_res_get", Implemented),
    (WASI, "clock_time_get", Implemented),
    (WASI, "environ_get", Implemented),
    (WASI, "environ_sizes_get", Implemented),
    (WASI, "fd_close", Implemented),
    (WASI, "fd_fdstat_get", Implemented),
    (WASI, "fd_pread", Implemented),
    (WASI, "fd_pwrite", Implemented),
    (WASI, "fd_read", Implemented),
    (WASI, "fd_seek", Implemented),
    (WASI, "fd_sync", Implemented),
    (WASI, "fd_write", Implemented),
    (WASI, "proc_exit", Implemented),
    (WASI, "random_get", Implemented),
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    use wasmparser::{Parser, Payload, TypeRef};
    use wasmtime::{Engine, Extern, Linker, Store};

    use super::*;
    use crate::guest::{Guest, Output};
    use crate::vfs::{FileLimits, Library, Timestamp, Vfs};

    type Name = (String, String);

    fn guest() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guest")
    }

    /// The functions and the globals that the interpreter's module imports.
    fn imports() -> (BTreeSet<Name>, BTreeSet<Name>) {
        let path = guest().join("node_modules/pyodide/pyodide.asm.wasm");
        let wasm = fs::read(&path).unwrap_or_else(|error| {
            panic!("`{}` cannot be read: {error}\nhint: run `cargo xtask image`", path.display())
        });
        let (mut functions, mut globals) = (BTreeSet::new(), BTreeSet::new());
        for payload in Parser::new(0).parse_all(&wasm) {
            if let Payload::ImportSection(reader) = payload.unwrap() {
                for import in reader.into_imports() {
                    let import = import.unwrap();
                    let name = (import.module.to_owned(), import.name.to_owned());
                    match import.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => assert!(functions.insert(name)),
                        TypeRef::Global(_) => assert!(globals.insert(name)),
                        other => panic!("{name:?} is neither function nor global: {other:?}"),
                    }
                }
            }
        }
        (functions, globals)
    }

    fn rows() -> BTreeMap<Name, Disposition> {
        DISPOSITIONS.iter().map(|&(module, name, what)| ((module.to_owned(), name.to_owned()), what)).collect()
    }

    fn names_of(wanted: impl Fn(Disposition) -> bool) -> BTreeSet<Name> {
        rows().into_iter().filter(|(_, what)| wanted(*what)).map(|(name, _)| name).collect()
    }

    #[test]
    fn every_import_has_its_row_and_every_row_its_import() {
        let (functions, globals) = imports();
        assert_eq!(rows().len(), DISPOSITIONS.len(), "no row is there twice");
        assert_eq!(rows().into_keys().collect::<BTreeSet<_>>(), functions);
        assert!(DISPOSITIONS.is_sorted_by_key(|&(module, name, _)| (module, name)));
        let elsewhere: Vec<&Name> = globals.iter().filter(|(module, _)| module != "GOT.func").collect();
        assert_eq!(elsewhere, Vec::<&Name>::new(), "globals that do not become constants");
    }

    /// What the linker has without looking at the module, beside what it has for the glue module.
    #[test]
    fn what_is_implemented_is_registered_and_nothing_else() {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        crate::abi::register(&mut linker).unwrap();
        let library = Library::from_files(b"/usr", Timestamp::default(), []).unwrap();
        let vfs = Vfs::new(std::sync::Arc::new(library), FileLimits::default());
        let host = exuvia_core::ReplayingHost::new(exuvia_core::Recording::default()).0;
        let mut store = Store::new(&engine, Guest::new(Box::new(host), vfs, 0, Output::default()));
        let registered: BTreeSet<Name> = linker
            .iter(&mut store)
            .filter(|(module, _, what)| *module != "exuvia" && matches!(what, Extern::Func(_)))
            .map(|(module, name, _)| (module.to_owned(), name.to_owned()))
            .collect();
        assert_eq!(registered, names_of(|what| what == Implemented));
    }

    #[test]
    fn what_the_glue_module_does_it_exports() {
        let path = guest().join("glue.wat");
        let wasm = wat::parse_file(&path).unwrap();
        let exports: BTreeSet<Name> = Parser::new(0)
            .parse_all(&wasm)
            .filter_map(|payload| match payload.unwrap() {
                Payload::ExportSection(reader) => Some(reader),
                _ => None,
            })
            .flatten()
            .map(|export| (ENV.to_owned(), export.unwrap().name.to_owned()))
            .filter(|(_, name)| !name.starts_with("exuvia_"))
            .collect();
        assert_eq!(exports, names_of(|what| what == Glue));
    }
}
