//! smoke
use exuvia_sandbox::*;
use std::time::Instant;
fn main() {
    let image = Image::open("target/image/cpython.exuvia".as_ref()).unwrap();
    let t = Instant::now();
    let engine = Engine::new(&image, &EngineOptions { cache: Some("target/image/compiled".into()), ..Default::default() }).unwrap();
    println!("engine {:?}", t.elapsed());
    for _ in 0..3 { let t = Instant::now(); let mut s = engine.sandbox().build().unwrap(); let b = t.elapsed(); let o = s.run("1+1").unwrap(); println!("build {b:?} total {:?} {:?}", t.elapsed(), o.value.map(|v| v.repr)); }
    let mut best = vec![];
    for _ in 0..300 { let t = Instant::now(); let mut s = engine.sandbox().build().unwrap(); let b = t.elapsed(); s.run("1+1").unwrap(); best.push((t.elapsed(), b)); }
    best.sort(); println!("median fresh+1+1 {:?}", best[150]);
    let mut s = engine.sandbox().build().unwrap();
    s.run("x=0").unwrap();
    let t = Instant::now(); for _ in 0..10000 { s.run("x = x + 1").unwrap(); } println!("warm {:?}", t.elapsed() / 10000);
    for code in std::env::args().skip(1) { let t = Instant::now(); match s.run(&code) { Ok(o) => println!("{code} -> {o:#?} {:?}", t.elapsed()), Err(e) => { println!("{code} -> ERR {e}"); s = engine.sandbox().build().unwrap(); } } if !s.is_alive() { println!("dead"); s = engine.sandbox().build().unwrap(); } }
}
