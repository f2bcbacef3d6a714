/* Officers' pages work without this file. It only makes them quicker: keys, live progress, paste, drop, preview.
   ES2017, no eval, no inline style, nothing from elsewhere (the CSP forbids it). */
(function () {
  'use strict';
  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const typing = (node) => /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);

  /* "/" goes to the search box, Esc closes what is open, arrows walk the rows of a table. */
  function close() {
    const dialog = one('dialog[open]');
    if (dialog) { if (dialog.close) { dialog.close(); } return; }
    all('.who[open]').forEach((node) => node.removeAttribute('open'));
    if (typing(document.activeElement)) { document.activeElement.blur(); }
  }
  function walk(event) {
    const row = event.target.closest && event.target.closest('tbody tr');
    if (!row || typing(event.target)) { return; }
    let next = row;
    do {
      next = event.key === 'ArrowDown' ? next.nextElementSibling : next.previousElementSibling;
    } while (next && !one('a', next));
    if (next) { event.preventDefault(); one('a', next).focus(); }
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.key === 'Escape') { close(); }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { walk(event); }
    const search = one('[data-search]');
    if (event.key === '/' && search && !typing(event.target)) { event.preventDefault(); search.focus(); search.select(); }
  });

  /* <dialog>: a button with data-open="id" opens it, one with data-close closes it. */
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-open],[data-close],[data-add-row],[data-print]');
    if (!button) { return; }
    if (button.hasAttribute('data-print')) { window.print(); return; }
    if (button.dataset.addRow) { event.preventDefault(); addRow(document.getElementById(button.dataset.addRow)); return; }
    const dialog = button.dataset.open ? document.getElementById(button.dataset.open) : button.closest('dialog');
    if (!dialog || !dialog.showModal) { return; }
    event.preventDefault();
    if (button.dataset.open) { dialog.showModal(); } else { dialog.close(); }
  });

  /* An element with id and data-live="seconds" is fetched anew from its own page until it comes without data-live. */
  function follow(id, seconds) {
    setTimeout(async () => {
      let next = null;
      try {
        const answer = await fetch(location.href, { credentials: 'same-origin' });
        if (answer.redirected) { location.reload(); return; }
        if (answer.ok) { next = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(id); }
      } catch (error) { /* the network is away for a moment: ask again */ }
      if (next) { document.getElementById(id).replaceWith(next); }
      const now = document.getElementById(id);
      if (now && now.dataset.live) { follow(id, Number(now.dataset.live)); }
    }, Math.max(1, seconds) * 1000);
  }
  all('[data-live][id]').forEach((node) => follow(node.id, Number(node.dataset.live)));

  /* Rows pasted from a spreadsheet spread over table[data-paste="address"]: the address says what they are, header or not,
     as an import would. Inputs are named prefix.row.field. */
  const boxes = (row) => all('input:not([type=hidden]),select,textarea', row);
  function addRow(table) {
    const body = table.tBodies[0], last = body.rows[body.rows.length - 1], row = last.cloneNode(true);
    all('[name]', row).forEach((box) => {
      box.name = box.name.replace(/\.\d+\./, '.' + body.rows.length + '.');
      box.removeAttribute('id');
      if (box.type === 'checkbox') { box.checked = false; } else if (box.tagName === 'SELECT') { box.selectedIndex = 0; } else { box.value = ''; }
    });
    body.appendChild(row);
    return row;
  }
  function put(box, text) {
    if (box.type === 'checkbox') { box.checked = /^(是|有|1|√|✓|y|yes)$/i.test(text.trim()); return; }
    if (box.tagName === 'SELECT') {
      /* What is not in the list stays as it was typed: 男性 or √ is understood when it is checked. */
      const typed = text.trim(), known = Array.from(box.options).find((o) => o.value === typed || o.text.trim() === typed);
      if (!known) { box.add(new Option(typed)); }
      box.value = known ? known.value : typed;
      return;
    }
    box.value = box.tagName === 'TEXTAREA' ? text : text.replace(/\s*\n\s*/g, ' ').trim();
  }
  async function understood(table, from, text) {
    try {
      const body = new URLSearchParams({ group: table.dataset.group, from: String(from), text });
      const answer = await fetch(table.dataset.paste, { method: 'POST', body, credentials: 'same-origin' });
      if (answer.ok && !answer.redirected) { return await answer.json(); }
    } catch (error) { /* said below */ }
    return { fields: [], rows: [], said: '没有粘贴成功。请重试；仍然不行，请用工作簿导入，或逐格填写。' };
  }
  document.addEventListener('paste', async (event) => {
    const table = event.target.closest && event.target.closest('table[data-paste]');
    const text = event.clipboardData ? event.clipboardData.getData('text/plain') : '';
    if (!table || !/[\t\n]/.test(text.trim())) { return; }
    event.preventDefault();
    let row = event.target.closest('tr');
    const pasted = await understood(table, boxes(row).indexOf(event.target), text);
    pasted.rows.forEach((values, i) => {
      if (i > 0) { row = row.nextElementSibling || addRow(table); }
      values.forEach((value, j) => { const box = boxes(row).find((b) => b.name.endsWith('.' + pasted.fields[j])); if (box) { put(box, value); } });
    });
    document.getElementById('pasted-' + table.dataset.group).textContent = pasted.said;
    table.dispatchEvent(new Event('input', { bubbles: true }));
  });

  /* A file dropped on .drop-file goes into its input; the name is shown in [data-file]. */
  function named(zone) {
    const file = one('input[type=file]', zone).files[0], place = one('[data-file]', zone);
    if (file && place) { place.textContent = file.name; }
  }
  all('.drop-file').forEach((zone) => {
    zone.addEventListener('dragover', (event) => { event.preventDefault(); zone.classList.add('over'); });
    zone.addEventListener('dragleave', () => zone.classList.remove('over'));
    zone.addEventListener('drop', (event) => {
      event.preventDefault();
      zone.classList.remove('over');
      if (event.dataTransfer.files.length) { one('input[type=file]', zone).files = event.dataTransfer.files; named(zone); }
    });
    zone.addEventListener('change', () => named(zone));
  });

  /* form[data-preview="address"] is posted there half a second after the last key; the picture that comes back goes into
     the <img> named by data-preview-image. While it cannot be drawn, the sentence beside it stands in its place. */
  all('form[data-preview]').forEach((form) => {
    const image = document.getElementById(form.dataset.previewImage);
    const sentence = image && one('[data-for="' + image.id + '"]');
    function drawn(there) {
      image.hidden = !there;
      if (sentence) { sentence.hidden = there; }
    }
    if (image) {
      image.addEventListener('error', () => drawn(false));
      if (image.src && image.complete && !image.naturalWidth) { drawn(false); }
    }
    let timer = 0, turn = 0;
    async function refresh() {
      const mine = ++turn;
      try {
        const body = new URLSearchParams(new FormData(form));
        const answer = await fetch(form.dataset.preview, { method: 'POST', body, credentials: 'same-origin' });
        if (!answer.ok || mine !== turn) { return; }
        const reader = new FileReader();
        reader.onload = () => { image.src = reader.result; drawn(true); };
        reader.readAsDataURL(await answer.blob());
      } catch (error) { /* the old picture stays */ }
    }
    if (image) { form.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(refresh, 500); }); }
  });

  /* Before the session ends for idleness, say so. */
  const idle = one('[data-idle]');
  if (idle) { setTimeout(() => { idle.hidden = false; }, Math.max(0, Number(idle.dataset.idle) - 120) * 1000); }
})();
