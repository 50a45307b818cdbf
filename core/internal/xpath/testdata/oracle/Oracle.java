import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.*;
import javax.xml.transform.stream.*;

/** Evaluates the XPath expressions on standard input, one a line, over the document named by the argument, as the corpus
 *  does: value-of in a template for the root. Prints "K" and the escaped value, or "E", one a line. */
public class Oracle {
  public static void main(String[] args) throws Exception {
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
    f.setNamespaceAware(true);
    org.w3c.dom.Element root = f.newDocumentBuilder().parse(new File(args[0])).getDocumentElement();
    TransformerFactory tf = TransformerFactory.newInstance();
    tf.setErrorListener(new ErrorListener() {
      public void warning(TransformerException e) {}
      public void error(TransformerException e) throws TransformerException { throw e; }
      public void fatalError(TransformerException e) throws TransformerException { throw e; }
    });
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) out.println(one(tf, root, line));
  }

  static String one(TransformerFactory tf, org.w3c.dom.Element root, String expr) {
    String sheet = "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' xmlns:d='urn:d' xmlns:p='urn:p'>"
      + "<xsl:output method='text'/><xsl:variable name='v' select='2'/><xsl:variable name='s' select=\"'str'\"/>"
      + "<xsl:variable name='b' select='true()'/><xsl:variable name='ns' select='//d:i'/>"
      + "<xsl:key name='k' match='d:i' use='@v'/>"
      + "<xsl:template match='/'><xsl:value-of select=\"" + expr.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;")
      + "\"/></xsl:template></xsl:stylesheet>";
    try {
      Transformer t = tf.newTransformer(new StreamSource(new StringReader(sheet)));
      StringWriter w = new StringWriter();
      t.transform(new DOMSource(root), new StreamResult(w));
      return "K" + w.toString().replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r");
    } catch (Throwable e) {
      return "E";
    }
  }
}
