package org.klatsch.interop;

/// The frame counter of [org.klatsch.codecs.fake.FrameCounter] for pages: pictures that show it,
/// and reading it from the video that comes.
final class CounterScript {
  /// - `counted(width, height)` is a track of a canvas that counts thirty times a second;
  /// - `watch()` reads the number of every picture that `videoElement` shows, into `seen`;
  /// - `rising(count)`: so many readable pictures since `watch()`, none of which went back;
  /// - `rate(ms)` measures: readable pictures and numbers passed a second, unreadable pictures;
  /// - `black()`: the last picture was dark all over.
  static final String SCRIPT =
      """
      (() => {
        const columns = 16;
        const checksum = (number) => {
          let crc = 0xff;
          for (let shift = 16; shift >= 0; shift -= 8) {
            crc ^= number >> shift & 0xff;
            for (let bit = 0; bit < 8; bit++) {
              crc = crc & 0x80 ? (crc << 1 ^ 0x07) & 0xff : crc << 1;
            }
          }
          return crc;
        };
        window.counted = (width, height) => {
          const canvas = document.createElement('canvas');
          canvas.width = width;
          canvas.height = height;
          const drawing = canvas.getContext('2d');
          let number = 0;
          const draw = () => {
            drawing.fillStyle = `hsl(${number * 2 % 360} 40% 40%)`;
            drawing.fillRect(0, 0, width, height);
            drawing.fillStyle = '#c0c0c0';
            drawing.fillRect(number * 4 % width, height / 2, 60, 60);
            for (let row = 0; row < 2; row++) {
              const bits = row === 0 ? number >>> 8 : (number & 0xff) << 8 | checksum(number);
              for (let column = 0; column < columns; column++) {
                drawing.fillStyle = bits >>> 15 - column & 1 ? '#fff' : '#000';
                const left = Math.floor(width * column / columns);
                const right = Math.floor(width * (column + 1) / columns);
                drawing.fillRect(left, Math.floor(height * row / 8), right - left,
                    Math.ceil(height / 8));
              }
            }
            number++;
          };
          draw();
          setInterval(draw, 1000 / 30);
          return canvas.captureStream(30).getVideoTracks()[0];
        };
        const shown = document.createElement('canvas');
        const context = shown.getContext('2d', {willReadFrequently: true});
        const read = () => {
          const width = videoElement.videoWidth;
          const height = videoElement.videoHeight;
          const upper = Math.max(1, Math.floor(height / 4));
          if (shown.width !== width || shown.height !== upper) {
            shown.width = width;
            shown.height = upper;
          }
          context.drawImage(videoElement, 0, 0);
          const pixels = context.getImageData(0, 0, width, upper).data;
          let sum = 0;
          const light = (row, column) => {
            let total = 0;
            let count = 0;
            const left = Math.floor(width * (4 * column + 1) / (4 * columns));
            const right = Math.floor(width * (4 * column + 3) / (4 * columns));
            const top = Math.floor(height * (4 * row + 1) / 32);
            const bottom = Math.floor(height * (4 * row + 3) / 32);
            for (let y = top; y < bottom; y += 2) {
              for (let x = left; x < right; x += 2) {
                total += pixels[4 * (y * width + x) + 1];
                count++;
              }
            }
            sum += total / count;
            return total / count > 128 ? 1 : 0;
          };
          let number = 0;
          let check = 0;
          for (let row = 0; row < 2; row++) {
            for (let column = 0; column < columns; column++) {
              const bit = light(row, column);
              if (row === 0 || column < 8) number = number << 1 | bit;
              else check = check << 1 | bit;
            }
          }
          seen.light = sum / 32;
          return checksum(number) === check ? number : -1;
        };
        window.watch = () => {
          window.seen = {readable: 0, unreadable: 0, last: -1, back: 0, light: 0};
          const mine = seen;
          const look = () => {
            if (mine !== seen) return;
            const number = read();
            if (number < 0) {
              seen.unreadable++;
            } else if (number !== seen.last) {
              if (number < seen.last) seen.back++;
              seen.readable++;
              seen.last = number;
            }
            videoElement.requestVideoFrameCallback(look);
          };
          videoElement.requestVideoFrameCallback(look);
        };
        window.rising = (count) => seen.readable >= count && seen.back === 0;
        window.black = () => seen.unreadable > 0 && seen.light < 40;
        window.rate = async (ms) => {
          const before = {...seen};
          const begin = performance.now();
          await new Promise((resolve) => setTimeout(resolve, ms));
          const seconds = (performance.now() - begin) / 1000;
          return {
            pictures: (seen.readable - before.readable) / seconds,
            numbers: (seen.last - before.last) / seconds,
            unreadable: seen.unreadable - before.unreadable,
            back: seen.back,
          };
        };
      })()
      """;

  private CounterScript() {}
}
