#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wuyuan_fuzz_checks::cursor::check(data));
