/* Statistics: draws the columns anew with ECharts, so that each can be pointed at. Without this script, or where it fails, the
   drawing of the server stays; on paper too. Nothing newer than ES2020. */
(() => {
  'use strict';
  if (!window.echarts) { return; }
  const COLOURS = { people: '#3f7fc1', machines: '#c9a24a', before: '#1d2630', earlier: '#8a96a3' };
  const FONT = getComputedStyle(document.body).fontFamily;
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const short = (n) => {
    if (n < 10000) { return grouped(n); }
    return n < 100000000 ? (Math.round(n / 1000) / 10) + '万' : (Math.round(n / 10000000) / 10) + '亿';
  };

  function columns(data) {
    const series = data.series.map((it) => it.line
      ? { name: it.name, type: 'line', data: it.values, symbol: 'none', color: COLOURS[it.class],
        lineStyle: { width: 1.5, type: it.class === 'earlier' ? 'dashed' : 'solid' } }
      : { name: it.name, type: 'bar', stack: 'all', data: it.values, color: COLOURS[it.class], barCategoryGap: data.names.length > 120 ? '0%' : '20%' });
    return {
      animation: false,
      textStyle: { fontFamily: FONT },
      grid: { left: 8, right: 8, top: 32, bottom: 8, containLabel: true },
      legend: { left: 0, top: 0, itemWidth: 12, itemHeight: 10, textStyle: { color: '#55606c' }, show: series.length > 1 },
      tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, axisPointer: { type: 'shadow' }, valueFormatter: grouped },
      xAxis: { type: 'category', data: data.names, axisTick: { show: false }, axisLine: { lineStyle: { color: '#c5ced8' } }, axisLabel: { color: '#55606c', hideOverlap: true } },
      yAxis: { type: 'value', minInterval: 1, axisLabel: { color: '#55606c', formatter: short }, splitLine: { lineStyle: { color: '#dde3ea' } } },
      series
    };
  }

  function map(data) {
    const most = Math.max(1, ...data.values.map((it) => it.value));
    return {
      animation: false,
      textStyle: { fontFamily: FONT },
      tooltip: { renderMode: 'richText', confine: true, formatter: (it) => it.name + '  ' + grouped(it.value || 0) + ' 次' },
      visualMap: { min: 0, max: most, left: 0, bottom: 0, text: ['多', '少'], calculable: false, itemHeight: 96,
        inRange: { color: ['#eef2f6', '#dbe8f6', '#b9d3ee', '#8fb8e0', '#629acd', '#2f74b5', '#0b4f98'] }, formatter: grouped },
      series: [{ type: 'map', map: 'country', nameProperty: 'name', data: data.values, itemStyle: { borderColor: '#fff', areaColor: '#eef2f6' },
        label: { show: false }, emphasis: { itemStyle: { areaColor: '#f2b200' }, label: { show: false } }, select: { disabled: true } }]
    };
  }

  /* Where the operator has an official map it is drawn, with its number below. */
  async function option(data) {
    if (data.kind === 'columns') { return columns(data); }
    const answer = await fetch('map.json', { credentials: 'same-origin' });
    if (answer.status !== 200) { throw new Error('no map'); }
    window.echarts.registerMap('country', await answer.json());
    return map(data);
  }

  async function draw(box) {
    const source = document.getElementById(box.dataset.figure);
    const drawing = box.querySelector('svg');
    if (!source || !drawing) { return; }
    const data = JSON.parse(source.textContent);
    const place = document.createElement('div');
    place.className = data.kind === 'map' ? 'canvas map' : 'canvas';
    place.setAttribute('role', 'img');
    place.setAttribute('aria-label', drawing.getAttribute('aria-label'));
    box.appendChild(place);
    try {
      const shown = await option(data);
      const chart = window.echarts.init(place, null, { renderer: 'canvas' });
      chart.setOption(shown);
      if (data.number) {
        const number = document.createElement('p');
        number.className = 'small soft number';
        number.textContent = '审图号：' + data.number;
        box.appendChild(number);
      }
      box.dataset.drawn = '1';
      window.addEventListener('resize', () => chart.resize());
    } catch (error) {
      place.remove(); // the drawing of the server stays
    }
  }
  document.querySelectorAll('[data-figure]').forEach(draw);
})();
