// Finds the formulas of a page as MathJax does: node math.js NODE_MODULES PAGE OPENING CLOSING, prints [[TeX, is it wrong], ...]
const fs = require("fs");
const [modules, path, opening, closing] = process.argv.slice(2);
const from = (name) => require(`${modules}/mathjax-full/js/${name}.js`);
const { mathjax } = from("mathjax");
const { TeX } = from("input/tex");
const { RegisterHTMLHandler } = from("handlers/html");
from("input/tex/ams/AmsConfiguration");
from("util/entities/all");

RegisterHTMLHandler(from("adaptors/liteAdaptor").liteAdaptor());
const InputJax = new TeX({ packages: ["base", "ams"], inlineMath: [[opening, closing]], processEscapes: false });
const found = mathjax.document(fs.readFileSync(path, "utf8"), { InputJax }).findMath().compile();
const isWrong = (item) => {
  let wrong = false;
  item.root.walkTree((node) => { wrong = wrong || node.isKind("merror"); });
  return wrong;
};
console.log(JSON.stringify([...found.math].map((item) => [item.math, isWrong(item)])));
