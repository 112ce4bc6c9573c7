namespace Fat.Dashboard.Tests.Browsing;

/// <summary>What holds on every page, whatever it shows.</summary>
internal static class PageCheck
{
    /// <summary>What is wrong with the page's layout, its names and its colours, a line each.</summary>
    private const string Script = """
        () => {
          const problems = [];
          const root = document.documentElement;
          if (root.scrollWidth > root.clientWidth)
            problems.push(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`);
          const headings = document.querySelectorAll('h1');
          if (headings.length !== 1)
            problems.push(`${headings.length} headings of the page`);
          const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
          for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index)))
            problems.push(`two elements are called ${id}`);
          for (const control of document.querySelectorAll('input, select, textarea')) {
            if (!control.labels?.length && !control.getAttribute('aria-label'))
              problems.push(`no label: ${control.outerHTML}`);
          }
          for (const control of document.querySelectorAll('a, button, summary')) {
            if (control.textContent.trim() === '' && !control.getAttribute('aria-label'))
              problems.push(`no name: ${control.outerHTML}`);
          }
          for (const element of document.querySelectorAll('[style]')) {
            if (element.hasAttribute('style'))
              problems.push(`a style of its own: ${element.outerHTML.slice(0, 100)}`);
          }
          for (const link of document.querySelectorAll('a')) {
            if (!link.getAttribute('href').startsWith('#/'))
              problems.push(`a link that leaves the page: ${link.getAttribute('href')}`);
          }

          // Contrast of every text with what is behind it, by WCAG 2 (AA).
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const known = new Map();
          const rgba = color => {
            if (!known.has(color)) {
              canvas.clearRect(0, 0, 1, 1);
              canvas.fillStyle = color;
              canvas.fillRect(0, 0, 1, 1);
              known.set(color, canvas.getImageData(0, 0, 1, 1).data);
            }
            return known.get(color);
          };
          const luminance = color => {
            const [r, g, b] = [...rgba(color)].slice(0, 3).map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const color = getComputedStyle(at).backgroundColor;
              if (rgba(color)[3] === 255)
                return color;
            }
            return 'white';
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (walker.currentNode.data.trim() === '' || !element.checkVisibility() || element.closest('.visually-hidden, noscript, [disabled]'))
              continue;
            const style = getComputedStyle(element);
            const [one, other] = [luminance(element.closest('svg') ? style.fill : style.color), luminance(behind(element))];
            const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
            if (contrast < 4.5)
              problems.push(`contrast ${contrast.toFixed(2)} of "${walker.currentNode.data.trim().slice(0, 40)}"`);
          }
          return problems;
        }
        """;

    /// <summary>All of it holds, and nothing has gone wrong in the browser.</summary>
    public static async Task AssertSoundAsync(Visit visit)
    {
        Assert.Empty(await visit.Page.EvaluateAsync<string[]>(Script));
        await visit.AssertCleanAsync();
    }
}
