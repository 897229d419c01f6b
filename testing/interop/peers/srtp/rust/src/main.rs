//! webrtc-rs's SRTP behind the command line of the SRTP benchmark, see ../../../README.md.

use rtc_srtp::context::Context;
use rtc_srtp::option::{srtcp_replay_protection, srtp_replay_protection};
use rtc_srtp::protection_profile::ProtectionProfile;

fn cpu_seconds() -> f64 {
    let mut t = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9
}

fn context(gcm: bool, receives: bool) -> Context {
    let provider = rtc_crypto::default_provider().expect("no crypto provider");
    let (salt, profile) = if gcm {
        (12, ProtectionProfile::AeadAes128Gcm)
    } else {
        (14, ProtectionProfile::Aes128CmHmacSha1_80)
    };
    Context::new(
        &[7u8; 16],
        &[9u8; 14][..salt],
        profile,
        receives.then(|| srtp_replay_protection(1024)),
        receives.then(|| srtcp_replay_protection(64)),
        provider.crypto(),
    )
    .expect("no context")
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.len() != 4 {
        eprintln!("usage: {} cm|gcm SIZE SECONDS", arguments[0]);
        std::process::exit(2);
    }
    let gcm = arguments[1] == "gcm";
    let size: usize = arguments[2].parse().expect("a size");
    let seconds: f64 = arguments[3].parse().expect("seconds");
    let mut sender = context(gcm, false);
    let mut receiver = context(gcm, true);
    let mut packet = vec![0u8; size];
    packet[0] = 0x80;
    packet[1] = 96;
    packet[11] = 1;
    let mut number = 0u32;
    for limit in [0.3, seconds] {
        let begun = cpu_seconds();
        let mut passed = 0.0;
        let mut count = 0u64;
        while passed < limit {
            for _ in 0..1000 {
                packet[2] = (number >> 8) as u8;
                packet[3] = number as u8;
                number += 1;
                let sealed = sender.encrypt_rtp(&packet).expect("encrypt");
                let opened = receiver.decrypt_rtp(&sealed).expect("decrypt");
                assert_eq!(opened.len(), size);
                count += 1;
            }
            passed = cpu_seconds() - begun;
        }
        if limit == seconds {
            println!(
                "{{\"ok\":true,\"packetsPerSecond\":{:.0}}}",
                count as f64 / passed
            );
        }
    }
}
