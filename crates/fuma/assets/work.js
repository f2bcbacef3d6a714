// The proof of work asked of who asks very much: ALTCHA, PBKDF2/SHA-256. The page starts this file once more as a worker,
// so that it stays alive while the worker counts. The browser's own PBKDF2 does the work; over plain http, where browsers
// hide it, the few lines below do. Engines of 2021 on (Chrome 86, Safari 14).
(function () {
  "use strict";

  function bytes(hex) {
    var out = new Uint8Array(hex.length / 2);
    for (var i = 0; i < out.length; i++) out[i] = parseInt(hex.substr(i * 2, 2), 16);
    return out;
  }
  function hex(bytes) {
    return Array.prototype.map.call(bytes, function (b) { return (b + 256).toString(16).slice(1); }).join("");
  }

  // SHA-256 of one block of 16 words, from a state of 8.
  var K = [], START = [];
  (function () {
    function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
    for (var n = 2; K.length < 64; n++) {
      for (var d = 2; d * d <= n && n % d; d++);
      if (d * d <= n) continue;
      if (START.length < 8) START.push(fraction(Math.sqrt(n)));
      K.push(fraction(Math.cbrt(n)));
    }
  })();
  var W = new Int32Array(64);
  function compress(state, block, out) {
    var i, t1, t2, a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (i = 0; i < 64; i++) {
      if (i < 16) W[i] = block[i];
      else {
        t1 = W[i - 15]; t2 = W[i - 2];
        W[i] = (W[i - 16] + W[i - 7] + ((t1 >>> 7 | t1 << 25) ^ (t1 >>> 18 | t1 << 14) ^ t1 >>> 3) +
          ((t2 >>> 17 | t2 << 15) ^ (t2 >>> 19 | t2 << 13) ^ t2 >>> 10)) | 0;
      }
      t1 = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    var now = [a, b, c, d, e, f, g, h];
    for (i = 0; i < 8; i++) out[i] = (state[i] + now[i]) | 0;
  }
  function words(bytes) {
    var out = new Int32Array(16);
    for (var i = 0; i < bytes.length; i++) out[i >> 2] |= bytes[i] << (24 - 8 * (i & 3));
    return out;
  }
  // The first 32 bytes of PBKDF2, for passwords and salts shorter than half a block.
  function derive(password, salt, cost) {
    var key = words(password), inner = new Int32Array(8), outer = new Int32Array(8);
    compress(START, key.map(function (w) { return w ^ 0x36363636; }), inner);
    compress(START, key.map(function (w) { return w ^ 0x5c5c5c5c; }), outer);
    var first = new Uint8Array(salt.length + 5), sum = new Int32Array(8);
    first.set(salt); first[salt.length + 3] = 1; first[salt.length + 4] = 128;
    var message = words(first), digest = new Int32Array(16);
    message[15] = (64 + salt.length + 4) * 8;
    digest[8] = 0x80000000; digest[15] = 96 * 8;
    for (var i = 0; i < cost; i++) {
      compress(inner, i ? digest : message, digest);
      digest[8] = 0x80000000;
      compress(outer, digest, digest);
      for (var j = 0; j < 8; j++) sum[j] ^= digest[j];
    }
    var out = new Uint8Array(32);
    for (i = 0; i < 32; i++) out[i] = sum[i >> 2] >>> (24 - 8 * (i & 3));
    return out;
  }
  function deriveByBrowser(password, salt, cost) {
    return crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]).then(function (key) {
      return crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: salt, iterations: cost }, key, 256);
    }).then(function (bits) { return new Uint8Array(bits); });
  }

  // Counts on from 0 until the derived key begins as asked.
  async function solve(asked) {
    var salt = bytes(asked.salt), password = new Uint8Array(asked.nonce.length / 2 + 4);
    var by = self.crypto && crypto.subtle ? deriveByBrowser : derive;
    password.set(bytes(asked.nonce));
    var counter = new DataView(password.buffer);
    for (var n = 0; ; n++) {
      counter.setUint32(password.length - 4, n);
      var key = hex(await by(password, salt, asked.cost));
      if (key.indexOf(asked.keyPrefix) === 0) return { counter: n, derivedKey: key };
    }
  }

  if (typeof document === "undefined") {
    self.onmessage = function (message) { solve(message.data).then(function (found) { self.postMessage(found); }); };
    return;
  }
  var form = document.querySelector("form[data-challenge]"), state = document.getElementById("state");
  if (!form) return;
  function start() {
    var challenge = JSON.parse(form.getAttribute("data-challenge"));
    var worker = new Worker(script);
    state.className = "notice";
    state.textContent = state.getAttribute("data-working");
    worker.onmessage = function (message) {
      state.textContent = "验证完成，正在打开页面……";
      form.elements.altcha.value = btoa(JSON.stringify({ challenge: challenge, solution: message.data }));
      form.submit();
    };
    worker.onerror = function () { state.textContent = state.getAttribute("data-failed"); };
    worker.postMessage(challenge.parameters);
  }
  // Once by itself; after a failure when asked, so that a network whose address changes all the time is not kept at work.
  var script = document.currentScript.src, button = form.querySelector("button");
  if (button) button.onclick = function () { button.disabled = true; start(); };
  else start();
})();
