/* libsrtp2 behind the command line of the SRTP benchmark, see ../README.md. */
#include <srtp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static srtp_t session(int gcm, srtp_ssrc_type_t type) {
  static unsigned char key[SRTP_MAX_KEY_LEN];
  srtp_policy_t policy;
  srtp_t made;
  for (int i = 0; i < (int)sizeof key; i++) key[i] = (unsigned char)i;
  memset(&policy, 0, sizeof policy);
  if (gcm) {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  }
  policy.ssrc.type = type;
  policy.key = key;
  policy.window_size = 1024;
  if (srtp_create(&made, &policy) != srtp_err_status_ok) {
    fprintf(stderr, "no session; is libsrtp2 built with OpenSSL?\n");
    exit(1);
  }
  return made;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: %s cm|gcm SIZE SECONDS\n", argv[0]);
    return 2;
  }
  int size = atoi(argv[2]);
  double seconds = atof(argv[3]);
  srtp_init();
  srtp_t sender = session(strcmp(argv[1], "gcm") == 0, ssrc_any_outbound);
  srtp_t receiver = session(strcmp(argv[1], "gcm") == 0, ssrc_any_inbound);
  unsigned char *packet = calloc(1, size + SRTP_MAX_TRAILER_LEN + 4);
  unsigned number = 0;
  for (int warm = 1; warm >= 0; warm--) {
    double limit = warm ? 0.3 : seconds, begun = cpu_seconds(), passed = 0;
    long count = 0;
    while (passed < limit) {
      for (int i = 0; i < 1000; i++, number++, count++) {
        int length = size;
        memset(packet, 0, 12);
        packet[0] = 0x80;
        packet[1] = 96;
        packet[2] = number >> 8 & 0xff;
        packet[3] = number & 0xff;
        packet[11] = 1;
        if (srtp_protect(sender, packet, &length) != srtp_err_status_ok
            || srtp_unprotect(receiver, packet, &length) != srtp_err_status_ok || length != size) {
          fprintf(stderr, "packet %u failed\n", number);
          return 1;
        }
      }
      passed = cpu_seconds() - begun;
    }
    if (!warm) printf("{\"ok\":true,\"packetsPerSecond\":%.0f}\n", count / passed);
  }
  return 0;
}
