// The WebSocket subprotocol rooms.v1, docs/rooms-protocol.md: joins, stays joined, relays signals.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const PING_MS = 20_000;
const PONG_MS = 10_000;
const RECONNECT_AFTER = new Set([1001, 1005, 1006, 1011, 1012, 1013]);

/**
 * Events: welcome, member-joined, member-left, signal, chat, mute, refused (a fatal error), state (connecting, open, waiting, closed);
 * each with the message in `detail`.
 */
export class Signalling extends EventTarget {
  #join;
  #socket = null;
  #resume;
  #received = 0;
  #wait = 0;
  #timer;
  #pinger;
  #pong;
  #stopped = false;
  state = 'closed';

  /** @param join the members of the join message without type */
  constructor(join) {
    super();
    this.#join = join;
  }

  start() {
    addEventListener('online', this.#online);
    addEventListener('pagehide', this.#leave);
    this.#connect();
  }

  stop() {
    this.#stopped = true;
    removeEventListener('online', this.#online);
    removeEventListener('pagehide', this.#leave);
    clearTimeout(this.#timer);
    this.#leave();
    this.#become('closed');
  }

  /** Sends to another member; lost while there is no connection, as the server could not relay it either. */
  signal(to, connection, content) {
    this.#send({ type: 'signal', to, connection, ...content });
  }

  /** Says something to everybody by way of the server. False while there is no connection. */
  chat(text) {
    if (this.state !== 'open') {
      return false;
    }
    this.#send({ type: 'chat', text });
    return true;
  }

  /** Tells the server about the connection with it that carries media. */
  media(content) {
    this.#send({ type: 'media', ...content });
  }

  #online = () => {
    if (this.state === 'waiting') {
      clearTimeout(this.#timer);
      this.#connect();
    }
  };

  #leave = () => {
    this.#send({ type: 'leave' });
    this.#socket?.close(1000);
  };

  #become(state) {
    this.state = state;
    this.#emit('state', state);
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }

  #connect() {
    this.#become('connecting');
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.hash = '';
    const socket = new WebSocket(url, 'rooms.v1');
    this.#socket = socket;
    socket.addEventListener('open', () => {
      const again = this.#resume ? { resume: this.#resume, received: this.#received } : {};
      this.#send({ type: 'join', ...this.#join, ...again });
      this.#pinger = setInterval(() => this.#ping(socket), PING_MS);
    });
    socket.addEventListener('message', (event) => this.#receive(JSON.parse(event.data)));
    socket.addEventListener('close', (event) => this.#closed(socket, event.code));
  }

  #ping(socket) {
    this.#send({ type: 'ping', id: Date.now() });
    clearTimeout(this.#pong);
    // A hidden page's clock is slowed down: the answer may wait behind the timer.
    this.#pong = setTimeout(() => document.hidden || socket.close(4000), PONG_MS);
  }

  #closed(socket, code) {
    if (this.#socket !== socket) {
      return;
    }
    this.#socket = null;
    clearInterval(this.#pinger);
    clearTimeout(this.#pong);
    if (this.#stopped) {
      return;
    }
    if (!RECONNECT_AFTER.has(code) && code !== 4000) {
      this.#stopped = true;
      this.#become('closed');
      return;
    }
    const wait = this.#wait * (0.5 + Math.random() / 2);
    this.#wait = Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, 2 * this.#wait));
    this.#become('waiting');
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  #receive(message) {
    if (message.seq !== undefined) {
      this.#received = message.seq;
    }
    switch (message.type) {
      case 'welcome':
        this.#wait = 0;
        this.#resume = message.resume;
        if (!message.resumed) {
          this.#received = 0;
        }
        if (message.transfer) {
          // The id that the server allotted is ours from now on.
          this.#join = { ...this.#join, transfer: message.transfer };
        }
        this.#become('open');
        this.#emit('welcome', message);
        break;
      case 'pong':
        clearTimeout(this.#pong);
        break;
      case 'error':
        if (message.fatal && !['draining', 'too-many'].includes(message.code)) {
          this.#emit('refused', message);
        }
        break;
      default:
        this.#emit(message.type, message);
    }
  }
}
