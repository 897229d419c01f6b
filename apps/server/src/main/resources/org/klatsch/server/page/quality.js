// How good a connection is, from RTCPeerConnection.getStats.

const GOOD = { lossPercent: 2, roundTripMs: 200 };
const FAIR = { lossPercent: 6, roundTripMs: 450 };

export const RATING_WORDS = ['unknown', 'poor', 'fair', 'good'];

/** Reads statistics again and again, and tells what happened in between. */
export class QualityMeter {
  #before = null;

  /**
   * @param stats an RTCStatsReport of the same connection as before, or of a new one
   * @param mids the m-sections to look at of what is received; null for all
   */
  read(stats, mids = null) {
    const now = { time: 0, received: 0, lost: 0, bytesIn: 0, bytesOut: 0 };
    const codecs = new Set();
    const inbound = [];
    let roundTripMs = null;
    for (const report of stats.values()) {
      if (mids && report.type === 'inbound-rtp' && !mids.has(report.mid)) {
        continue;
      }
      if (report.type === 'inbound-rtp' || report.type === 'outbound-rtp') {
        now.time = Math.max(now.time, report.timestamp);
        const codec = stats.get(report.codecId)?.mimeType;
        const packets = report.type === 'inbound-rtp' ? report.packetsReceived : report.packetsSent;
        if (codec && packets > 0) {
          codecs.add(codec);
        }
      }
      if (report.type === 'inbound-rtp') {
        now.received += report.packetsReceived ?? 0;
        now.lost += report.packetsLost ?? 0;
        now.bytesIn += report.bytesReceived ?? 0;
        inbound.push({
          kind: report.kind,
          mid: report.mid ?? null,
          packets: report.packetsReceived ?? 0,
          framesDecoded: report.framesDecoded ?? null,
          framesPerSecond: report.framesPerSecond ?? null,
          width: report.frameWidth ?? null,
          height: report.frameHeight ?? null,
          audioLevel: report.audioLevel ?? null,
          totalAudioEnergy: report.totalAudioEnergy ?? null,
        });
      } else if (report.type === 'outbound-rtp') {
        now.bytesOut += report.bytesSent ?? 0;
      } else if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined) {
        roundTripMs = Math.round(report.currentRoundTripTime * 1000);
      } else if (report.type === 'remote-inbound-rtp' && report.roundTripTime !== undefined) {
        roundTripMs ??= Math.round(report.roundTripTime * 1000);
      }
    }
    const numbers = { roundTripMs, codecs: [...codecs].sort(), inbound, ...this.#rates(now) };
    return { ...numbers, rating: inbound.length > 0 || codecs.size > 0 ? rate(numbers) : 0 };
  }

  #rates(now) {
    const before = this.#before;
    this.#before = now;
    const seconds = before ? (now.time - before.time) / 1000 : 0;
    // A new connection counts from zero.
    if (seconds <= 0 || now.bytesIn < before.bytesIn || now.bytesOut < before.bytesOut) {
      return { lossPercent: null, receiveKbps: null, sendKbps: null };
    }
    const lost = Math.max(0, now.lost - before.lost);
    const expected = now.received - before.received + lost;
    return {
      lossPercent: expected > 0 ? (100 * lost) / expected : null,
      receiveKbps: Math.round((8 * (now.bytesIn - before.bytesIn)) / seconds / 1000),
      sendKbps: Math.round((8 * (now.bytesOut - before.bytesOut)) / seconds / 1000),
    };
  }
}

function rate({ lossPercent, roundTripMs }) {
  const within = (limits) => (lossPercent ?? 0) < limits.lossPercent && (roundTripMs ?? 0) < limits.roundTripMs;
  return within(GOOD) ? 3 : within(FAIR) ? 2 : 1;
}

/** The numbers in words, for a tooltip. */
export function describe({ roundTripMs, lossPercent, receiveKbps, sendKbps, inbound, codecs, rating }) {
  const video = inbound.find((each) => each.kind === 'video' && each.width);
  return [
    `Connection: ${RATING_WORDS[rating]}`,
    roundTripMs === null ? null : `round trip ${roundTripMs} ms`,
    lossPercent === null ? null : `loss ${lossPercent.toFixed(1)} %`,
    receiveKbps === null ? null : `${receiveKbps} kbit/s in, ${sendKbps} kbit/s out`,
    video ? `${video.width} × ${video.height}, ${Math.round(video.framesPerSecond ?? 0)} pictures a second` : null,
    codecs.length > 0 ? codecs.map((codec) => codec.split('/')[1]).join(', ') : null,
  ].filter(Boolean).join('\n');
}
