;; The glue between the interpreter and its host, merged into the interpreter's module when the image is built.
;;
;; Host functions must not call back into the guest, so whatever needs Python's C API stands here: it turns a request of
;; the host into a Python call, and a call of the built-in module `_exuvia` into a host function that is a leaf.
;;
;; What a hostile guest can do: nothing here is secret or trusted. It may write over `buffer`, `scratch` and `flag`,
;; which lie in its own memory; the host checks every pointer and length that it takes from here.
(module
  (import "main" "memory" (memory 0))
  (import "main" "__indirect_function_table" (table $table 0 funcref))
  (import "main" "_Py_NoneStruct" (global $none i32))
  (import "main" "Py_DecRef" (func $decref (param i32)))
  (import "main" "PyBytes_AsString" (func $bytes_data (param i32) (result i32)))
  (import "main" "PyBytes_FromStringAndSize" (func $bytes_new (param i32 i32) (result i32)))
  (import "main" "PyBytes_Size" (func $bytes_size (param i32) (result i32)))
  (import "main" "PyErr_BadArgument" (func $bad_argument (result i32)))
  (import "main" "PyErr_CheckSignals" (func $check_signals (result i32)))
  (import "main" "PyErr_Clear" (func $error_clear))
  (import "main" "PyErr_Occurred" (func $error_occurred (result i32)))
  (import "main" "PyFloat_AsDouble" (func $float_value (param i32) (result f64)))
  (import "main" "PyLong_AsLong" (func $long_value (param i32) (result i32)))
  (import "main" "PyLong_AsLongLong" (func $long_long_value (param i32) (result i64)))
  (import "main" "PyLong_FromLong" (func $long_new (param i32) (result i32)))
  (import "main" "PyLong_FromLongLong" (func $long_long_new (param i64) (result i32)))
  (import "main" "PyObject_Vectorcall" (func $vectorcall (param i32 i32 i32 i32) (result i32)))
  (import "main" "memalign" (func $memalign (param i32 i32) (result i32)))
  (import "main" "free" (func $free (param i32)))
  (import "main" "PyUnicode_AsUTF8AndSize" (func $text_data (param i32 i32) (result i32)))
  (import "main" "PyUnicode_DecodeUTF8" (func $text_new (param i32 i32 i32) (result i32)))

  (import "main" "__dl_seterr" (func $set_dl_error (param i32 i32)))

  (import "exuvia" "check" (func $host_check (param i64) (result i32)))
  (import "exuvia" "limit" (func $host_limit (param i32 i32) (result i32)))
  (import "exuvia" "link" (func $host_link (param i32 i32 i32 i32 i32) (result i32 i32 i32)))
  (import "exuvia" "map_read" (func $host_map_read (param i32 i64 i32 i32) (result i32)))
  (import "exuvia" "map_write" (func $host_map_write (param i32 i64 i32 i32) (result i32)))
  (import "exuvia" "sleep" (func $host_sleep (param f64)))
  (import "exuvia" "symbol" (func $host_symbol (param i32 i32 i32 i32) (result i32)))
  (import "exuvia" "take" (func $host_take (param i32 i32)))
  (import "exuvia" "tool_call" (func $host_tool_call (param i32 i32 i32 i32 i32) (result i64)))
  (import "exuvia" "tool_cancel" (func $host_tool_cancel (param i64)))
  (import "exuvia" "tool_finished" (func $host_tool_finished (result i64)))
  (import "exuvia" "tool_help" (func $host_tool_help (param i32 i32 i32) (result i64)))
  (import "exuvia" "tool_outcome" (func $host_tool_outcome (param i32 i32) (result i64)))
  (import "exuvia" "tool_source" (func $host_tool_source (param i32 i32 i32) (result i64)))
  (import "exuvia" "tool_start" (func $host_tool_start (param i32 i32 i32) (result i64)))
  (import "exuvia" "wait" (func $host_wait (param f64)))

  (type $c0 (func (result i32)))
  (type $c1 (func (param i32) (result i32)))
  (type $c2 (func (param i32 i32) (result i32)))
  (type $c3 (func (param i32 i32 i32) (result i32)))

  ;; How many interpreter checks were made since the image was restored, and the one at which the host wants to be
  ;; asked even if `flag` is clear (a replay delivers an interrupt where the recording did).
  (global $checks (export "exuvia_checks") (mut i64) (i64.const 0))
  (global $trip (export "exuvia_trip") (mut i64) (i64.const -1))
  ;; The address of the word that another thread sets when an interrupt is due.
  (global $flag (export "exuvia_flag") (mut i32) (i32.const 0))
  ;; The addresses of the request buffer (65,536 bytes) and of scratch space (4,096 bytes: 16 for call arguments, the
  ;; rest for texts), and the Python callable that takes requests: set once, when the image is built.
  (global $buffer (export "exuvia_buffer") (mut i32) (i32.const 0))
  (global $scratch (export "exuvia_scratch") (mut i32) (i32.const 0))
  (global $entry (export "exuvia_entry") (mut i32) (i32.const 0))
  ;; The bytes object with the last reply.
  (global $reply (mut i32) (i32.const 0))

  ;; Calls entry(op, bytes) in Python. Returns 0: it returned None; 1: it returned bytes (see `exuvia_reply_data`);
  ;; 2: an exception got out of it, which is cleared; 3: no memory for the call; 4: it returned something else.
  (func (export "exuvia_enter") (param $op i32) (param $data i32) (param $length i32) (result i32)
    (local $argument i32) (local $result i32)
    (call $release)
    (local.set $argument (call $bytes_new (local.get $data) (local.get $length)))
    (if (i32.eqz (local.get $argument)) (then (call $error_clear) (return (i32.const 3))))
    (i32.store (global.get $scratch) (call $long_new (local.get $op)))
    (i32.store offset=4 (global.get $scratch) (local.get $argument))
    (local.set $result
      (call $vectorcall (global.get $entry) (global.get $scratch) (i32.const 2) (i32.const 0)))
    (call $decref (local.get $argument))
    (if (i32.eqz (local.get $result)) (then (call $error_clear) (return (i32.const 2))))
    (if (i32.eq (local.get $result) (global.get $none)) (then (return (i32.const 0))))
    (global.set $reply (local.get $result))
    (if (i32.lt_s (call $bytes_size (local.get $result)) (i32.const 0))
      (then (call $error_clear) (call $release) (return (i32.const 4))))
    (i32.const 1))

  (func $release
    (if (global.get $reply)
      (then (call $decref (global.get $reply)) (global.set $reply (i32.const 0)))))

  (func (export "exuvia_reply_data") (result i32) (call $bytes_data (global.get $reply)))
  (func (export "exuvia_reply_size") (result i32) (call $bytes_size (global.get $reply)))

  ;; _exuvia.sleep(seconds)
  (func (export "exuvia_sleep") (param $self i32) (param $argument i32) (result i32)
    (local $seconds f64)
    (local.set $seconds (call $float_value (local.get $argument)))
    (if (f64.eq (local.get $seconds) (f64.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (call $host_sleep (local.get $seconds))
    (global.get $none))

  ;; _exuvia.wait(seconds): until the time has passed (`inf`: no time), or a call that was started has ended.
  (func (export "exuvia_wait") (param $self i32) (param $argument i32) (result i32)
    (local $seconds f64)
    (local.set $seconds (call $float_value (local.get $argument)))
    (if (f64.eq (local.get $seconds) (f64.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (call $host_wait (local.get $seconds))
    (global.get $none))

  ;; _exuvia.call(tool, text): calls a tool and waits for its end. Returns a str, the result; a bytes, the failure as
  ;; JSON; or None if an interrupt came first whose handler raised nothing.
  (func (export "exuvia_call") (param $self i32) (param $arguments i32) (param $count i32) (result i32)
    (local $tool i32) (local $data i32) (local $outcome i64)
    (if (i32.ne (local.get $count) (i32.const 2)) (then (drop (call $bad_argument)) (return (i32.const 0))))
    (local.set $data
      (call $text_data (i32.load offset=4 (local.get $arguments)) (i32.add (global.get $scratch) (i32.const 8))))
    (if (i32.eqz (local.get $data)) (then (return (i32.const 0))))
    (local.set $tool (call $long_value (i32.load (local.get $arguments))))
    (if (i32.eq (local.get $tool) (i32.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (local.set $outcome
      (call $host_tool_call (local.get $tool) (local.get $data) (i32.load offset=8 (global.get $scratch))
        (i32.add (global.get $scratch) (i32.const 16)) (i32.const 4080)))
    (call $text_or_interrupt (local.get $outcome)))

  ;; _exuvia.help(tool): the tool's long help, as `call` returns a result; empty if it has none.
  (func (export "exuvia_help") (param $self i32) (param $argument i32) (result i32)
    (local $tool i32)
    (local.set $tool (call $long_value (local.get $argument)))
    (if (i32.eq (local.get $tool) (i32.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (call $text_or_interrupt
      (call $host_tool_help (local.get $tool) (i32.add (global.get $scratch) (i32.const 16)) (i32.const 4080))))

  ;; What was announced, unless an interrupt came first: then what its handler raises, or None.
  (func $text_or_interrupt (param $announced i64) (result i32)
    (if (i64.ge_u (local.get $announced) (i64.const 0x2_0000_0000))
      (then (return (select (i32.const 0) (global.get $none) (call $check_signals)))))
    (call $text (local.get $announced)))

  ;; The text that the host has announced: as a str if it is a result, as bytes if it is a failure. A short one lies in
  ;; the scratch space already, a long one is taken into an object of its length.
  (func $text (param $announced i64) (result i32)
    (local $length i32) (local $place i32) (local $bytes i32) (local $result i32)
    (local.set $length (i32.wrap_i64 (local.get $announced)))
    (if (i32.le_u (local.get $length) (i32.const 4080))
      (then
        (local.set $place (i32.add (global.get $scratch) (i32.const 16)))
        (if (i64.ge_u (local.get $announced) (i64.const 0x1_0000_0000))
          (then (return (call $bytes_new (local.get $place) (local.get $length)))))
        (return (call $text_new (local.get $place) (local.get $length) (i32.const 0)))))
    (local.set $bytes (call $bytes_new (i32.const 0) (local.get $length)))
    (if (i32.eqz (local.get $bytes)) (then (return (i32.const 0))))
    (local.set $place (call $bytes_data (local.get $bytes)))
    (call $host_take (local.get $place) (local.get $length))
    (if (i64.ge_u (local.get $announced) (i64.const 0x1_0000_0000)) (then (return (local.get $bytes))))
    (local.set $result (call $text_new (local.get $place) (local.get $length) (i32.const 0)))
    (call $decref (local.get $bytes))
    (local.get $result))

  ;; _exuvia.start(tool, text): starts a call. Returns its number; -1 if it was refused, and `outcome` gives the failure.
  (func (export "exuvia_start") (param $self i32) (param $arguments i32) (param $count i32) (result i32)
    (local $tool i32) (local $data i32)
    (if (i32.ne (local.get $count) (i32.const 2)) (then (drop (call $bad_argument)) (return (i32.const 0))))
    (local.set $data
      (call $text_data (i32.load offset=4 (local.get $arguments)) (i32.add (global.get $scratch) (i32.const 8))))
    (if (i32.eqz (local.get $data)) (then (return (i32.const 0))))
    (local.set $tool (call $long_value (i32.load (local.get $arguments))))
    (if (i32.eq (local.get $tool) (i32.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (call $long_long_new
      (call $host_tool_start (local.get $tool) (local.get $data) (i32.load offset=8 (global.get $scratch)))))

  ;; _exuvia.cancel(call)
  (func (export "exuvia_cancel") (param $self i32) (param $argument i32) (result i32)
    (local $call i64)
    (local.set $call (call $long_long_value (local.get $argument)))
    (if (i64.eq (local.get $call) (i64.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (call $host_tool_cancel (local.get $call))
    (global.get $none))

  ;; _exuvia.finished(): the number of a started call that has ended, 0 if none has; `outcome` then gives its text.
  (func (export "exuvia_finished") (param $self i32) (param $unused i32) (result i32)
    (call $long_long_new (call $host_tool_finished)))

  ;; _exuvia.outcome()
  (func (export "exuvia_outcome") (param $self i32) (param $unused i32) (result i32)
    (call $text
      (call $host_tool_outcome (i32.add (global.get $scratch) (i32.const 16)) (i32.const 4080))))

  ;; _exuvia.source(tool): the Python source of a tool's function.
  (func (export "exuvia_source") (param $self i32) (param $argument i32) (result i32)
    (local $tool i32)
    (local.set $tool (call $long_value (local.get $argument)))
    (if (i32.eq (local.get $tool) (i32.const -1))
      (then (if (call $error_occurred) (then (return (i32.const 0))))))
    (call $text
      (call $host_tool_source (local.get $tool) (i32.add (global.get $scratch) (i32.const 16)) (i32.const 4080))))

  ;; _exuvia.limit()
  (func (export "exuvia_limit") (param $self i32) (param $unused i32) (result i32)
    (local $text i32)
    (local.set $text (i32.add (global.get $scratch) (i32.const 16)))
    (call $text_new (local.get $text) (call $host_limit (local.get $text) (i32.const 4080)) (i32.const 0)))

  ;; The interpreter asks now and then whether a signal is due. Counting costs next to nothing, and the count is where
  ;; a replay delivers an interrupt again.
  (func (export "_Py_CheckEmscriptenSignals_Helper") (result i32)
    (global.set $checks (i64.add (global.get $checks) (i64.const 1)))
    (if (i32.or (i32.load (global.get $flag)) (i64.eq (global.get $checks) (global.get $trip)))
      (then (return (call $host_check (global.get $checks)))))
    (i32.const 0))

  ;; CPython calls C functions of fewer parameters than it passes arguments; WebAssembly wants the exact type.
  (func (export "_PyEM_TrampolineCall_JS") (param $function i32) (param $a i32) (param $b i32) (param $c i32) (result i32)
    (local $callee funcref)
    (local.set $callee (table.get $table (local.get $function)))
    (if (ref.test (ref $c2) (local.get $callee))
      (then (return (call_ref $c2 (local.get $a) (local.get $b) (ref.cast (ref $c2) (local.get $callee))))))
    (if (ref.test (ref $c3) (local.get $callee))
      (then (return
        (call_ref $c3 (local.get $a) (local.get $b) (local.get $c) (ref.cast (ref $c3) (local.get $callee))))))
    (if (ref.test (ref $c1) (local.get $callee))
      (then (return (call_ref $c1 (local.get $a) (ref.cast (ref $c1) (local.get $callee))))))
    (call_ref $c0 (ref.cast (ref $c0) (local.get $callee))))

  ;; A signal that the program sends to itself, whose handler is C code.
  (func (export "__call_sighandler") (param $handler i32) (param $signal i32)
    (call_indirect (param i32) (local.get $signal) (local.get $handler)))

  ;; dlopen(): the host says what is to be done next, until all is done. It links the modules; what runs in the guest
  ;; (its allocator, what a module does when it is loaded) is called from here. The host's answer has three parts: 0, 1:
  ;; done, failed (with a message); 2: allocate (alignment, size); 3: call a function of the table.
  (func (export "_dlopen_js") (param $handle i32) (result i32)
    (local $begins i32) (local $answer i32) (local $action i32) (local $a i32) (local $b i32)
    (local.set $begins (i32.const 1))
    (loop $next
      (call $host_link (local.get $handle) (local.get $begins) (local.get $answer)
        (i32.add (global.get $scratch) (i32.const 16)) (i32.const 4080))
      (local.set $b)
      (local.set $a)
      (local.set $action)
      (local.set $begins (i32.const 0))
      (local.set $answer (i32.const 0))
      (if (i32.eq (local.get $action) (i32.const 2))
        (then
          (local.set $answer (call $memalign (local.get $a) (local.get $b)))
          (br $next)))
      (if (i32.eq (local.get $action) (i32.const 3))
        (then
          (call_indirect (local.get $a))
          (br $next))))
    (if (local.get $action)
      (then
        (call $set_dl_error (i32.add (global.get $scratch) (i32.const 16)) (i32.const 0))
        (return (i32.const 0))))
    (i32.const 1))

  ;; dlsym()
  (func (export "_dlsym_js") (param $handle i32) (param $name i32) (param $index i32) (result i32)
    (local $text i32) (local $address i32)
    (local.set $text (i32.add (global.get $scratch) (i32.const 16)))
    (local.set $address (call $host_symbol (local.get $handle) (local.get $name) (local.get $text) (i32.const 4080)))
    (if (i32.eqz (local.get $address))
      (then (call $set_dl_error (local.get $text) (i32.const 0))))
    (local.get $address))

  ;; mmap() of a file: a copy in memory of its own, in whole pages. Returns 0 or a negative error number.
  (func (export "_mmap_js") (param $length i32) (param $protection i32) (param $flags i32) (param $fd i32)
      (param $offset i64) (param $allocated i32) (param $out i32) (result i32)
    (local $address i32) (local $size i32) (local $status i32)
    (local.set $size
      (i32.and (i32.add (local.get $length) (i32.const 65535)) (i32.const -65536)))
    ;; A length that wraps around when rounded up is too long for any memory (ENOMEM).
    (if (i32.lt_u (local.get $size) (local.get $length)) (then (return (i32.const -48))))
    (local.set $address (call $memalign (i32.const 65536) (local.get $size)))
    (if (i32.eqz (local.get $address)) (then (return (i32.const -48))))
    (call $memory_fill (local.get $address) (i32.const 0) (local.get $size))
    (local.set $status
      (call $host_map_read (local.get $fd) (local.get $offset) (local.get $address) (local.get $length)))
    (if (local.get $status)
      (then (call $free (local.get $address)) (return (local.get $status))))
    (i32.store (local.get $allocated) (i32.const 1))
    (i32.store (local.get $out) (local.get $address))
    (i32.const 0))

  (func $write_back (param $address i32) (param $length i32) (param $flags i32) (param $fd i32) (param $offset i64)
      (result i32)
    ;; MAP_PRIVATE
    (if (i32.and (local.get $flags) (i32.const 2)) (then (return (i32.const 0))))
    (call $host_map_write (local.get $fd) (local.get $offset) (local.get $address) (local.get $length)))

  (func (export "_msync_js") (param $address i32) (param $length i32) (param $protection i32) (param $flags i32)
      (param $fd i32) (param $offset i64) (result i32)
    (call $write_back (local.get $address) (local.get $length) (local.get $flags) (local.get $fd) (local.get $offset)))

  ;; munmap(): the C library frees the memory.
  (func (export "_munmap_js") (param $address i32) (param $length i32) (param $protection i32) (param $flags i32)
      (param $fd i32) (param $offset i64) (result i32)
    ;; PROT_WRITE
    (if (i32.eqz (i32.and (local.get $protection) (i32.const 2))) (then (return (i32.const 0))))
    (call $write_back (local.get $address) (local.get $length) (local.get $flags) (local.get $fd) (local.get $offset)))

  ;; `memory.copy`: see the module `translate` for why these are no instructions. Up to 64 bytes go through registers, all
  ;; loaded before any is stored: two overlapping halves make up every length between two powers of two.
  (func (export "exuvia_memory_copy") (param $to i32) (param $from i32) (param $length i32)
    (local $a v128) (local $b v128) (local $c v128) (local $end i32)
    (if (i32.gt_u (local.get $length) (i32.const 64))
      (then
        (if (i32.ge_u (i32.sub (local.get $to) (local.get $from)) (local.get $length))
          (then (call $copy_up (local.get $to) (local.get $from) (local.get $length)))
          (else (call $copy_down (local.get $to) (local.get $from) (local.get $length))))
        (return)))
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (if (i32.gt_u (local.get $length) (i32.const 16))
      (then
        (local.set $a (v128.load (local.get $from)))
        (local.set $b (v128.load (i32.sub (local.get $end) (i32.const 16))))
        (local.set $end (i32.add (local.get $to) (local.get $length)))
        (if (i32.gt_u (local.get $length) (i32.const 32))
          (then
            (local.set $c (v128.load offset=16 (local.get $from)))
            (v128.store (i32.sub (local.get $end) (i32.const 32))
              (v128.load (i32.sub (i32.add (local.get $from) (local.get $length)) (i32.const 32))))
            (v128.store offset=16 (local.get $to) (local.get $c))))
        (v128.store (local.get $to) (local.get $a))
        (v128.store (i32.sub (local.get $end) (i32.const 16)) (local.get $b))
        (return)))
    (call $copy_small (local.get $to) (local.get $from) (local.get $length)))

  ;; Up to 16 bytes.
  (func $copy_small (param $to i32) (param $from i32) (param $length i32)
    (local $first i64) (local $last i64) (local $middle i32)
    (if (i32.ge_u (local.get $length) (i32.const 8))
      (then
        (local.set $last
          (i64.load (i32.sub (i32.add (local.get $from) (local.get $length)) (i32.const 8))))
        (i64.store (local.get $to) (i64.load (local.get $from)))
        (i64.store (i32.sub (i32.add (local.get $to) (local.get $length)) (i32.const 8)) (local.get $last))
        (return)))
    (if (i32.ge_u (local.get $length) (i32.const 4))
      (then
        (local.set $last
          (i64.load32_u (i32.sub (i32.add (local.get $from) (local.get $length)) (i32.const 4))))
        (i32.store (local.get $to) (i32.load (local.get $from)))
        (i64.store32 (i32.sub (i32.add (local.get $to) (local.get $length)) (i32.const 4)) (local.get $last))
        (return)))
    (if (i32.eqz (local.get $length)) (then (return)))
    (local.set $middle (i32.shr_u (local.get $length) (i32.const 1)))
    (local.set $first (i64.load8_u (i32.add (local.get $from) (local.get $middle))))
    (local.set $last
      (i64.load8_u (i32.sub (i32.add (local.get $from) (local.get $length)) (i32.const 1))))
    (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
    (i64.store8 (i32.add (local.get $to) (local.get $middle)) (local.get $first))
    (i64.store8 (i32.sub (i32.add (local.get $to) (local.get $length)) (i32.const 1)) (local.get $last)))

  ;; More than 64 bytes, from the first to the last. The last 64 are loaded before anything is stored over them.
  (func $copy_up (param $to i32) (param $from i32) (param $length i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $tail i32) (local $end i32)
    (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local.set $tail (i32.sub (i32.add (local.get $from) (local.get $length)) (i32.const 64)))
    (local.set $end (i32.sub (i32.add (local.get $to) (local.get $length)) (i32.const 64)))
    (local.set $a (v128.load (local.get $tail)))
    (local.set $b (v128.load offset=16 (local.get $tail)))
    (local.set $c (v128.load offset=32 (local.get $tail)))
    (local.set $d (v128.load offset=48 (local.get $tail)))
    (loop $chunk
      (local.set $p (v128.load (local.get $from)))
      (local.set $q (v128.load offset=16 (local.get $from)))
      (local.set $r (v128.load offset=32 (local.get $from)))
      (local.set $s (v128.load offset=48 (local.get $from)))
      (v128.store (local.get $to) (local.get $p))
      (v128.store offset=16 (local.get $to) (local.get $q))
      (v128.store offset=32 (local.get $to) (local.get $r))
      (v128.store offset=48 (local.get $to) (local.get $s))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (local.set $length (i32.sub (local.get $length) (i32.const 64)))
      (br_if $chunk (i32.gt_u (local.get $length) (i32.const 64))))
    (v128.store (local.get $end) (local.get $a))
    (v128.store offset=16 (local.get $end) (local.get $b))
    (v128.store offset=32 (local.get $end) (local.get $c))
    (v128.store offset=48 (local.get $end) (local.get $d)))

  ;; More than 64 bytes, from the last to the first, where the target overlaps the source from above. The first 64 are
  ;; loaded before anything is stored over them.
  (func $copy_down (param $to i32) (param $from i32) (param $length i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $start i32)
    (local $p v128) (local $q v128) (local $r v128) (local $s v128)
    (local.set $start (local.get $to))
    (local.set $a (v128.load (local.get $from)))
    (local.set $b (v128.load offset=16 (local.get $from)))
    (local.set $c (v128.load offset=32 (local.get $from)))
    (local.set $d (v128.load offset=48 (local.get $from)))
    (local.set $to (i32.add (local.get $to) (local.get $length)))
    (local.set $from (i32.add (local.get $from) (local.get $length)))
    (loop $chunk
      (local.set $from (i32.sub (local.get $from) (i32.const 64)))
      (local.set $to (i32.sub (local.get $to) (i32.const 64)))
      (local.set $length (i32.sub (local.get $length) (i32.const 64)))
      (local.set $p (v128.load (local.get $from)))
      (local.set $q (v128.load offset=16 (local.get $from)))
      (local.set $r (v128.load offset=32 (local.get $from)))
      (local.set $s (v128.load offset=48 (local.get $from)))
      (v128.store (local.get $to) (local.get $p))
      (v128.store offset=16 (local.get $to) (local.get $q))
      (v128.store offset=32 (local.get $to) (local.get $r))
      (v128.store offset=48 (local.get $to) (local.get $s))
      (br_if $chunk (i32.gt_u (local.get $length) (i32.const 64))))
    (v128.store (local.get $start) (local.get $a))
    (v128.store offset=16 (local.get $start) (local.get $b))
    (v128.store offset=32 (local.get $start) (local.get $c))
    (v128.store offset=48 (local.get $start) (local.get $d)))

  ;; `memory.fill`, in the same way.
  (func $memory_fill (export "exuvia_memory_fill") (param $to i32) (param $value i32) (param $length i32)
    (local $pattern v128) (local $end i32)
    (local.set $pattern (i8x16.splat (local.get $value)))
    (local.set $end (i32.add (local.get $to) (local.get $length)))
    (if (i32.ge_u (local.get $length) (i32.const 16))
      (then
        (loop $chunk
          (v128.store (local.get $to) (local.get $pattern))
          (local.set $to (i32.add (local.get $to) (i32.const 16)))
          (local.set $length (i32.sub (local.get $length) (i32.const 16)))
          (br_if $chunk (i32.gt_u (local.get $length) (i32.const 16))))
        (v128.store (i32.sub (local.get $end) (i32.const 16)) (local.get $pattern))
        (return)))
    (if (i32.ge_u (local.get $length) (i32.const 8))
      (then
        (i64.store (local.get $to) (i64x2.extract_lane 0 (local.get $pattern)))
        (i64.store (i32.sub (local.get $end) (i32.const 8)) (i64x2.extract_lane 0 (local.get $pattern)))
        (return)))
    (if (i32.ge_u (local.get $length) (i32.const 4))
      (then
        (i32.store (local.get $to) (i32x4.extract_lane 0 (local.get $pattern)))
        (i32.store (i32.sub (local.get $end) (i32.const 4)) (i32x4.extract_lane 0 (local.get $pattern)))
        (return)))
    (if (i32.eqz (local.get $length)) (then (return)))
    (i32.store8 (local.get $to) (local.get $value))
    (i32.store8 (i32.add (local.get $to) (i32.shr_u (local.get $length) (i32.const 1))) (local.get $value))
    (i32.store8 (i32.sub (local.get $end) (i32.const 1)) (local.get $value))))
