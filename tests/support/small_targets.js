// Controls that a finger can miss, with their size: less than 44 pixels wide or high.
() => {
  const controls = 'a[href], button, input, select, textarea, summary, [role=tab], [role=option], [tabindex="0"]';
  const visible = { checkVisibilityCSS: true, checkOpacity: true };
  return [...document.querySelectorAll(controls)].flatMap(e => {
    if (!e.checkVisibility(visible) || e.closest('svg, [data-testid=stDataFrame]')) return [];
    if (getComputedStyle(e.parentElement).clipPath !== 'none') return []; // for screen readers alone
    const target = e.matches('[type=checkbox], [type=radio]') ? e.closest('label') ?? e : e;
    const { width, height } = target.getBoundingClientRect();
    if (Math.min(width, height) < 2 || Math.min(width, height) > 43.5) return [];
    return [`${e.ariaLabel ?? e.innerText}: ${Math.round(width)} x ${Math.round(height)}`];
  });
}
