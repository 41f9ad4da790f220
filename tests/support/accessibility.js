// Findings of axe-core on the page, without those in the places that are given by rule, and names that hold Markdown.
// Without a list of rules all are tried.
async ([excluded, rules]) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
  const found = violations.flatMap(rule => rule.nodes
    .filter(node => !document.querySelector(node.target[0])?.closest(excluded[rule.id] ?? 'nothing'))
    .map(node => `${rule.id}: ${node.target[0]}: ${node.failureSummary}`));
  const named = [...document.querySelectorAll('[aria-label*="["], [aria-label*="**"]')];
  return [...found, ...named.map(element => `Markdown in a name: ${element.ariaLabel}`)];
}
