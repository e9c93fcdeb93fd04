__import__("_testcapi").crash_no_current_thread()
