// Texts on the page whose contrast is below 4.5 to 1 (3 to 1 where they are large), with their figure.
() => {
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return [m[0], m[1], m[2], m.length > 3 ? m[3] : 1]; };
  const over = (f, b) => [0,1,2].map(i => f[i]*f[3] + b[i]*(1-f[3])).concat(1);
  const lum = c => { const a = c.slice(0,3).map(v => { v/=255; return v<=0.03928 ? v/12.92 : Math.pow((v+0.055)/1.055, 2.4); }); return 0.2126*a[0]+0.7152*a[1]+0.0722*a[2]; };
  const ground = e => { const layers=[]; for (let n=e; n; n=n.parentElement) { const s=getComputedStyle(n); const c=parse(s.backgroundColor); if (c[3]>0) layers.push(c); if (c[3]===1) break; } let b=[255,255,255,1]; if(getComputedStyle(document.documentElement).colorScheme.includes('dark')) b=[0,0,0,1]; for (const l of layers.reverse()) b=over(l,b); return b; };
  const opacity = e => { let o=1; for (let n=e; n; n=n.parentElement) o*=parseFloat(getComputedStyle(n).opacity); return o; };
  const bad=[];
  const walk=document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const t=walk.currentNode.textContent.trim(); const e=walk.currentNode.parentElement;
    if (!t || !e || !e.checkVisibility({checkOpacity:true,checkVisibilityCSS:true})) continue;
    if (e.closest('[disabled],[aria-disabled=true],svg,canvas,[data-testid=stIconMaterial],style,script')) continue;
    const r=e.getBoundingClientRect(); if (r.width<2||r.height<2) continue;
    const s=getComputedStyle(e); const f=parse(s.color); f[3]*=opacity(e); const b=ground(e); const c=over(f,b);
    const [x,y]=[lum(c),lum(b)].sort((p,q)=>q-p); const k=(x+0.05)/(y+0.05);
    const big=parseFloat(s.fontSize)>=24||(parseFloat(s.fontSize)>=18.66&&parseInt(s.fontWeight)>=700);
    if (k<(big?3:4.5)) bad.push([t.slice(0,40), +k.toFixed(2), s.color, e.closest('[data-testid]')?.dataset.testid, e.tagName]);
  }
  return bad;
}
