import com.adobe.epubcheck.api.EpubCheck;
import java.io.File;

/** Checks several books in one go; what is found is printed after the name of each. */
class Check {
    public static void main(String[] books) {
        for (String book : books) {
            System.err.println("BOOK " + book);
            new EpubCheck(new File(book)).doValidate();
        }
    }
}
