// The choice of devices with self-view and level, shown before joining and in the settings of a call.

import { element, icon, setText } from './dom.js';
import { barOf } from './level.js';

const LEVEL_EVERY_MS = 100;
const LABELS = { mic: 'Microphone', camera: 'Camera', speaker: 'Speaker' };

export class DevicePanel {
  #devices;
  #local;
  #meter;
  #video = element('video', { autoplay: true, playsinline: true, muted: true, 'aria-label': 'Your camera', 'data-testid': 'self-view' });
  #dark = element('p', { class: 'self-off' }, icon('camera-off'), element('span', {}, 'Camera off'));
  #bar = element('span', {});
  #level = element('div', {
    class: 'level', role: 'meter', 'aria-label': 'Level of the microphone', 'aria-valuemin': '0', 'aria-valuemax': '100',
    'aria-valuenow': '0', 'data-testid': 'level',
  }, this.#bar);
  #problem = element('p', { class: 'error', role: 'alert', hidden: true, 'data-testid': 'device-problem' });
  #selects = {};
  #buttons = {};
  node;

  constructor(devices, local, meter) {
    this.#devices = devices;
    this.#local = local;
    this.#meter = meter;
    this.#video.muted = true;
    this.#buttons = { mic: this.#button('mic'), camera: this.#button('camera') };
    this.node = element('div', { class: 'devices' },
      element('div', { class: 'self-view' }, this.#video, this.#dark,
        element('div', { class: 'self-buttons' }, this.#buttons.mic, this.#buttons.camera)),
      this.#level, this.#problem,
      element('div', { class: 'choices' }, ...['mic', 'camera', 'speaker'].map((source) => this.#choice(source))));
    devices.addEventListener('change', () => this.#drawChoices());
    local.addEventListener('change', () => this.#draw());
    local.addEventListener('problem', ({ detail }) => this.#say(detail));
    this.#draw();
    devices.refresh();
    setInterval(() => this.#measure(), LEVEL_EVERY_MS);
  }

  #button(source) {
    return element('button', {
      type: 'button', class: 'round', 'data-testid': `preview-${source}`, 'aria-pressed': 'false',
      onclick: () => this.#local.toggle(source),
    }, icon(`${source}-off`), element('span', { class: 'visually-hidden' }, LABELS[source]));
  }

  #choice(source) {
    const id = `choose-${source}`;
    const select = element('select', { id, 'data-testid': id, onchange: () => this.#chosen(source, select.value) });
    this.#selects[source] = select;
    return element('div', { class: 'choice', hidden: true }, element('label', { for: id }, LABELS[source]), select);
  }

  async #chosen(source, id) {
    this.#devices.choose(source, id);
    if (source !== 'speaker') {
      await this.#local.reopen(source);
    }
  }

  #drawChoices() {
    for (const [source, select] of Object.entries(this.#selects)) {
      const list = this.#devices.lists[source];
      select.replaceChildren(
        element('option', { value: '' }, 'The system’s choice'),
        ...list.map(({ id, label }) => element('option', { value: id }, label)));
      select.value = this.#devices.chosen(source);
      select.parentElement.hidden = list.length === 0 || (source === 'speaker' && !this.#devices.canChooseSpeaker);
    }
  }

  #draw() {
    const camera = this.#local.on('camera') ? this.#local.track('camera') : null;
    if ((this.#video.srcObject?.getVideoTracks()[0] ?? null) !== camera) {
      this.#video.srcObject = camera ? new MediaStream([camera]) : null;
    }
    this.#video.hidden = !camera;
    this.#dark.hidden = Boolean(camera);
    for (const [source, button] of Object.entries(this.#buttons)) {
      drawToggle(button, source, this.#local);
    }
    this.#meter.watch(this.#local.on('mic') ? this.#local.track('mic') : null);
    if (this.#local.on('mic') || this.#local.on('camera')) {
      this.#problem.hidden = true;
    }
  }

  #say(text) {
    setText(this.#problem, text);
    this.#problem.hidden = false;
  }

  #measure() {
    const part = this.node.offsetParent === null ? 0 : barOf(this.#meter.read());
    this.#bar.style.setProperty('--level', part.toFixed(2));
    this.#level.setAttribute('aria-valuenow', String(Math.round(100 * part)));
  }
}

/** Shows on a button whether a source is on. */
export function drawToggle(button, source, local) {
  const on = local.on(source);
  button.setAttribute('aria-pressed', String(on));
  button.setAttribute('aria-busy', String(local.pending(source)));
  const name = source === 'screen' ? 'Share the screen' : LABELS[source];
  button.title = source === 'screen'
    ? (on ? 'Stop sharing the screen' : 'Share the screen')
    : `Turn the ${name.toLowerCase()} ${on ? 'off' : 'on'}`;
  button.querySelector('use').setAttribute('href', `/page/icons.svg#${source === 'screen' || on ? source : `${source}-off`}`);
}
