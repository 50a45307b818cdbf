import java.io.File;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;

/**
 * Writes NAME.jdk beside each NAME.xsl of a folder: what the JDK gives for it and the root element of NAME.xml, or
 * "ERROR" and the exception. It is how the wanted texts of the tests were made, and the oracle of the differential fuzz.
 */
public class Transform {
    static String run(File stylesheet, File input) {
        try {
            DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();
            builders.setNamespaceAware(true);
            org.w3c.dom.Document document = builders.newDocumentBuilder().parse(input);
            TransformerFactory transformers = TransformerFactory.newInstance();
            javax.xml.transform.Transformer transformer = transformers.newTemplates(new StreamSource(stylesheet)).newTransformer();
            StringWriter out = new StringWriter();
            transformer.transform(new DOMSource(document.getDocumentElement()), new StreamResult(out));
            return out.toString();
        } catch (Throwable e) {
            return "ERROR " + e;
        }
    }

    public static void main(String[] args) throws Exception {
        for (File file : new File(args[0]).listFiles()) {
            String path = file.getPath();
            if (path.endsWith(".xsl")) {
                String base = path.substring(0, path.length() - ".xsl".length());
                Files.writeString(Path.of(base + ".jdk"), run(file, new File(base + ".xml")));
            }
        }
    }
}
