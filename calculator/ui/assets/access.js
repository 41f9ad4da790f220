// What screen readers and keyboards need and Streamlit has no option for. The script holds no data of a design.
(() => {
  if (window.exchangeCalculatorAccess) return; // Streamlit runs it again on every page
  window.exchangeCalculatorAccess = true;
  const MARK = / ?:\w+\[(?::material\/(\w+):|●)\]/g;
  const TYPED = 'textarea, input:not([type=checkbox], [type=radio], [type=button], [type=file])';
  const MAP = '.st-key-copies-scroll';
  const SCROLLED = `[data-testid=stTable] > div, [data-testid=stCode] pre, ${MAP}`;

  // Streamlit names an input by the Markdown of its label.
  const nameInWords = element => {
    const words = element.ariaLabel.replace(MARK, (_, icon) => (icon ? `, ${icon}` : ', not the default'));
    if (words !== element.ariaLabel) element.ariaLabel = words;
  };

  // "Decrement" and "Open" do not say of what.
  const nameWithSubject = button => {
    const input = button.closest('[data-testid=stNumberInput], [data-testid=stSelectbox], [data-testid=stMultiSelect]')
      ?.querySelector('input[aria-label]');
    if (input && !button.ariaLabel.includes(': ')) button.ariaLabel = `${button.ariaLabel}: ${input.ariaLabel}`;
  };

  // What scrolls sideways scrolls by the arrow keys once it has the focus.
  const scrollByKey = element => {
    const scrolls = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight + 1;
    if (!scrolls) return element.removeAttribute('tabindex');
    element.tabIndex = 0;
    element.role = 'region';
    element.ariaLabel = element.querySelector('table, .stVegaLiteChart')?.ariaLabel ?? 'Text to copy';
  };

  // The legend of the map of copies and the names of its rows stay in sight while it scrolls.
  const keepNames = map => map.querySelectorAll('.role-axis-label, .role-legend').forEach(names => {
    names.style.transform = `translateX(${map.scrollLeft}px)`;
  });

  const look = () => {
    document.querySelectorAll('[aria-label*="["]').forEach(nameInWords);
    document.querySelectorAll('[data-testid^=stNumberInputStep], .react-aria-ComboBox button').forEach(nameWithSubject);
    document.querySelectorAll(SCROLLED).forEach(scrollByKey);
    document.querySelectorAll(MAP).forEach(keepNames);
    const spoken = document.querySelector('.st-key-spoken');
    if (spoken) spoken.role = 'status';
  };

  let waiting = false;
  const lookSoon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; look(); });
  };
  new MutationObserver(lookSoon).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'],
  });
  window.addEventListener('resize', lookSoon);
  document.addEventListener('scroll', event => { if (event.target.matches?.(MAP)) keepNames(event.target); }, true);
  lookSoon();

  // Within a field, Ctrl+Z and Ctrl+Y belong to what is typed there. Elsewhere they undo and redo changes of the design.
  window.addEventListener('keydown', event => {
    const isStep = (event.ctrlKey || event.metaKey) && ['z', 'y'].includes(event.key.toLowerCase());
    if (isStep && event.target.matches?.(TYPED)) event.stopImmediatePropagation();
  }, true);
})();
