// What screen readers and keyboards need and Streamlit has no option for. The script holds no data of a design.
(() => {
  if (window.exchangeCalculatorAccess) return; // Streamlit runs it again on every page
  window.exchangeCalculatorAccess = true;
  const PAUSE = 100; // milliseconds in which the changes of a page are collected
  const MARK = / ?:\w+\[(?::material\/(\w+):|●)\]/g;
  const FIELDS = '[data-testid=stNumberInput], [data-testid=stSelectbox], [data-testid=stMultiSelect]';
  const STEPS = '[data-testid^=stNumberInputStep], .react-aria-ComboBox button';
  const TYPED = 'textarea, input:not([type=checkbox], [type=radio], [type=button], [type=file])';
  const MAP = '.st-key-copies-scroll';
  const PHONE = 640; // pixels, as in app.css
  const LONG_CELL = 24; // letters that need a line of their own in a stacked table
  const TABLES = '[data-testid=stTable] > div';
  const RESULTS = '[class*=st-key-results-of-]';
  const SCROLLED = `${TABLES}, [data-testid=stCode] pre, ${RESULTS} .dvn-scroller, ${MAP}`;

  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const name = (element, text) => {
    if (element.ariaLabel !== text) element.ariaLabel = text;
  };

  // Streamlit names inputs and what buttons open by the Markdown of their labels.
  const nameInWords = element => {
    const words = element.ariaLabel.replace(MARK, (_, icon) => (icon ? `, ${icon}` : ', not the default'));
    name(element, words.replace(/:gray\[(.*)\]/, '$1'));
  };

  // "Decrement" and "Open" do not say of what.
  const nameWithSubject = button => {
    const subject = button.closest(FIELDS)?.querySelector('input[aria-label]')?.ariaLabel;
    if (subject) name(button, `${button.ariaLabel.split(':')[0]}: ${subject}`);
  };

  // What is larger than its frame scrolls by the arrow keys once it has the focus.
  const scrollByKey = element => {
    const scrolls = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight + 1;
    if (!scrolls) return element.removeAttribute('tabindex');
    element.tabIndex = 0;
    element.role = 'group';
    const named = element.querySelector('table[aria-label], .stVegaLiteChart') ?? element.closest('[aria-label]');
    name(element, named?.ariaLabel ?? 'Text to copy');
  };

  // On a phone, a table that is wider than the window, or the list of what to buy, becomes a list: the first cell of a row above its other cells,
  // each below the name of its column. app.css arranges it; the roles keep it a table for screen readers.
  const stack = frame => {
    const table = frame.querySelector('table');
    delete frame.dataset.stacked;
    const isList = frame.closest('.st-key-shopping-list');
    if (!table || innerWidth > PHONE || (frame.scrollWidth <= frame.clientWidth && !isList)) return;
    frame.dataset.stacked = '';
    const columns = [...table.querySelectorAll('thead th')].map(head => head.textContent.trim());
    const roles = { table: 'table', 'thead, tbody': 'rowgroup', tr: 'row', th: 'columnheader', td: 'cell' };
    table.role = 'table';
    Object.entries(roles).forEach(([tags, role]) => table.querySelectorAll(tags).forEach(one => { one.role = role; }));
    table.querySelectorAll('tbody tr').forEach(row => [...row.cells].forEach((cell, place) => {
      const text = cell.textContent.trim();
      cell.dataset.column = columns[place];
      const isLong = Math.max(text.length, columns[place].length) > LONG_CELL;
      cell.toggleAttribute('data-long', isLong || (isList && place === 1)); // so that all counts are in one line
      cell.toggleAttribute('data-number', /^\d+$/.test(text));
      cell.toggleAttribute('data-empty', !text);
    }));
  };

  // The legend of the map of copies and the names of its rows stay in sight while it scrolls.
  const keepNames = map => map.querySelectorAll('.role-axis-label, .role-legend').forEach(names => {
    names.style.transform = `translateX(${map.scrollLeft}px)`;
  });

  // The menu of pages on a phone shows the number and the state of each step, as the navigation does.
  const markStep = link => {
    const title = link.querySelector('p');
    const step = document.querySelector(`.st-key-steps [class*=st-key-step-${title?.textContent.toLowerCase()}] p`);
    if (!step) return;
    const number = step.textContent.match(/^\d/)?.[0] ?? '';
    const note = step.querySelector('.stMarkdownColoredText')?.textContent ?? '';
    Object.assign(title.dataset, { number, note });
  };

  // Pages share their frame, which keeps its place on the page before.
  let shown;
  const beginAtTheTop = page => {
    if (shown && shown !== page) document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
    shown = page;
  };

  const look = () => {
    all('[aria-label*="["]', nameInWords);
    all(STEPS, nameWithSubject);
    all(TABLES, stack);
    all(SCROLLED, scrollByKey);
    all(MAP, keepNames);
    // A table of results selects a cell as soon as it has the focus, and a selected cell opens the drawer. With keys
    // the table scrolls, and the box above it opens the drawer.
    all(`${RESULTS} canvas`, canvas => { canvas.tabIndex = -1; });
    // The place where files are dropped has a name, so it is no mere decoration.
    all('[data-testid=stFileUploaderDropzone]', place => { place.role = 'group'; });
    const page = location.pathname.split('/').pop() || 'start';
    beginAtTheTop(page);
    all('.st-key-steps', steps => { steps.role = 'navigation'; name(steps, 'Pages'); });
    all('.st-key-steps [class*=st-key-step-] a', link => {
      const isHere = link.closest(`[class*=st-key-step-${page}]`);
      isHere ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
    });
    all('[data-testid=stSidebarNavLink]', markStep);
    all('.st-key-spoken', spoken => { spoken.role = 'status'; });
  };

  let waiting;
  const lookSoon = () => { waiting ??= setTimeout(() => { waiting = undefined; look(); }, PAUSE); };
  const watched = { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'] };
  new MutationObserver(lookSoon).observe(document.body, watched);
  window.addEventListener('resize', lookSoon);
  document.addEventListener('scroll', event => { if (event.target.matches?.(MAP)) keepNames(event.target); }, true);
  look();

  // Within a field, Ctrl+Z and Ctrl+Y belong to what is typed there. Elsewhere they undo and redo the design.
  window.addEventListener('keydown', event => {
    const isStep = (event.ctrlKey || event.metaKey) && ['z', 'y'].includes(event.key.toLowerCase());
    if (isStep && event.target.matches?.(TYPED)) event.stopImmediatePropagation();
  }, true);
})();
