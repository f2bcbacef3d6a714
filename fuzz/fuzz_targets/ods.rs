#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    fuma_fuzz::attempt::workbook("fuzz.ods", bytes);
    fuma_fuzz::attempt::annex("fuzz.ods", bytes);
});
